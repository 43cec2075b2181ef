package io.litoperator.worker.data.tokens;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a model's tokenizer files say, apart from how text is split.
 *
 * @param json content of {@code tokenizer.json}
 * @param ids of every token in the vocabulary
 */
record TokenizerFiles(Path folder, byte[] json, Map<String, Integer> ids, JsonNode configuration) {

  private static final ObjectMapper MAPPER =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  static TokenizerFiles of(TokenizerFolder files) {
    byte[] json = files.files().get(TokenizerFolder.TOKENIZER);
    byte[] configuration = files.files().get(TokenizerFolder.CONFIGURATION);
    Path folder = files.folder();
    return new TokenizerFiles(
        folder,
        json,
        parse(folder.resolve(TokenizerFolder.TOKENIZER), json, Content.class).ids(),
        parse(folder.resolve(TokenizerFolder.CONFIGURATION), configuration, JsonNode.class));
  }

  Path tokenizer() {
    return folder.resolve(TokenizerFolder.TOKENIZER);
  }

  /** The token that {@code tokenizer_config.json} names, as a string or as an added token. */
  Optional<SpecialToken> special(String field) {
    JsonNode value = configuration.path(field);
    String text = value.isObject() ? value.path("content").asText("") : value.asText("");
    if (value.isNull() || text.isEmpty()) {
      return Optional.empty();
    }
    Integer id = ids.get(text);
    if (id == null) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s: %s is %s, which tokenizer.json does not have; use the two files of one model."
              .formatted(folder.resolve(TokenizerFolder.CONFIGURATION), field, text));
    }
    return Optional.of(new SpecialToken(text, id));
  }

  /** A flag of {@code tokenizer_config.json}. */
  boolean flag(String field, boolean ifAbsent) {
    return configuration.path(field).asBoolean(ifAbsent);
  }

  /** Whether transformers reads the files by a class of Llama's. */
  boolean isLlamas() {
    String type = configuration.path("tokenizer_class").asText("");
    return type.equals("LlamaTokenizer") || type.equals("LlamaTokenizerFast");
  }

  private static <T> T parse(Path file, byte[] json, Class<T> type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s line %d: %s; fetch the file again."
              .formatted(file, e.getLocation().getLineNr(), e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory", e);
    }
  }

  /** The parts of tokenizer.json that list tokens. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Content(Model model, @JsonProperty("added_tokens") List<AddedToken> addedTokens) {

    Map<String, Integer> ids() {
      Map<String, Integer> ids = new HashMap<>();
      JsonNode vocabulary = model == null ? null : model.vocab();
      if (vocabulary != null && vocabulary.isObject()) {
        vocabulary.properties().forEach(e -> ids.put(e.getKey(), e.getValue().asInt()));
      } else if (vocabulary != null) { // Unigram: an array of [token, score]
        for (int i = 0; i < vocabulary.size(); i++) {
          ids.put(vocabulary.path(i).path(0).asText(), i);
        }
      }
      if (addedTokens != null) {
        addedTokens.forEach(t -> ids.put(t.content(), t.id()));
      }
      return ids;
    }
  }

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Model(JsonNode vocab) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record AddedToken(int id, String content) {}
}
