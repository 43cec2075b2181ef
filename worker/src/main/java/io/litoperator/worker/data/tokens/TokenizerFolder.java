package io.litoperator.worker.data.tokens;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The files of a tokenizer.
 *
 * @param files content by name
 */
public record TokenizerFolder(Path folder, SortedMap<String, byte[]> files) {
  public static final String IMAGE = "<image>";
  static final String TOKENIZER = "tokenizer.json";
  static final String CONFIGURATION = "tokenizer_config.json";
  private static final String PADDING = "<pad>";
  private static final String SPECIAL_TOKENS = "special_tokens_map.json";
  static final String ADDED_TOKENS = "added_tokens.json";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * Reads a folder's; without {@value #TOKENIZER}, it is made where {@link VocabularyAndMerges}
   * can.
   *
   * @throws Failure {@code INPUT_MISSING} if {@value #TOKENIZER} or {@value #CONFIGURATION} is not
   *     there, {@code BAD_DATA} if one can be made but for an error in a file
   */
  public static TokenizerFolder read(Path folder) {
    SortedMap<String, byte[]> files = new TreeMap<>();
    boolean whole = Files.exists(folder.resolve(TOKENIZER)) || !VocabularyAndMerges.in(folder);
    files.put(
        TOKENIZER,
        whole ? bytes(folder.resolve(TOKENIZER)) : VocabularyAndMerges.tokenizer(folder));
    files.put(CONFIGURATION, bytes(folder.resolve(CONFIGURATION)));
    for (String name : List.of(SPECIAL_TOKENS, ADDED_TOKENS)) {
      if (Files.exists(folder.resolve(name))) {
        files.put(name, bytes(folder.resolve(name)));
      }
    }
    return new TokenizerFolder(folder, files);
  }

  static byte[] bytes(Path file) {
    if (!Files.isReadable(file)) {
      boolean slow = Files.exists(file.resolveSibling("tokenizer.model"));
      throw new Failure(
          ExitCode.INPUT_MISSING,
          slow
              ? "%s is not there, only tokenizer.model, which lit does not read: transformers' AutoTokenizer.from_pretrained and save_pretrained make it."
                  .formatted(file)
              : "%s is not there or cannot be read; a language model's folder must hold it."
                  .formatted(file));
    }
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new Failure(ExitCode.STORAGE, "%s cannot be read: %s.".formatted(file, e), e);
    }
  }

  /**
   * With the tokens that transformers' converter of LLaVA adds: {@value #IMAGE}, and {@value
   * #PADDING} unless there is a token for padding that has no other role. Their ids follow the
   * vocabulary's last. Where nothing is missing, the files stay as they are.
   */
  public TokenizerFolder grown() {
    TokenizerFiles read = TokenizerFiles.of(this);
    Set<String> missing = new TreeSet<>(List.of(IMAGE));
    missing.removeAll(read.ids().keySet());
    boolean pads = hasPaddingOfItsOwn(read);
    if (!pads && !read.ids().containsKey(PADDING)) {
      missing.add(PADDING);
    }
    if (missing.isEmpty() && pads) {
      return this;
    }
    SortedMap<String, byte[]> grown = new TreeMap<>(files);
    int next = read.ids().isEmpty() ? 0 : Collections.max(read.ids().values()) + 1;
    for (String token : missing) { // <image> comes before <pad>
      add(grown, token, next++);
    }
    if (!pads) {
      edit(grown, CONFIGURATION, json -> json.put("pad_token", PADDING));
      edit(grown, SPECIAL_TOKENS, json -> json.put("pad_token", PADDING));
    }
    return new TokenizerFolder(folder, grown);
  }

  private static boolean hasPaddingOfItsOwn(TokenizerFiles read) {
    Optional<SpecialToken> padding = read.special("pad_token");
    return padding.isPresent()
        && List.of("unk_token", "bos_token", "eos_token").stream()
            .noneMatch(role -> read.special(role).equals(padding));
  }

  private void add(Map<String, byte[]> grown, String token, int id) {
    edit(
        grown,
        TOKENIZER,
        json -> array(json, "added_tokens").add(added(json, token).put("id", id)));
    edit(grown, ADDED_TOKENS, json -> json.put(token, id));
    edit(
        grown,
        CONFIGURATION,
        json -> {
          if (json.path("added_tokens_decoder") instanceof ObjectNode decoder) {
            decoder.set(Integer.toString(id), added(json, token));
          }
        });
  }

  private static ArrayNode array(ObjectNode json, String field) {
    return json.path(field) instanceof ArrayNode array ? array : json.putArray(field);
  }

  private static ObjectNode added(ObjectNode json, String token) {
    return json.objectNode()
        .put("content", token)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
  }

  private interface Edit {
    void apply(ObjectNode json);
  }

  /** Edits a file if it is there. */
  private void edit(Map<String, byte[]> grown, String name, Edit edit) {
    grown.computeIfPresent(
        name,
        (file, content) -> {
          ObjectNode json = parse(name, content);
          edit.apply(json);
          try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
          } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private ObjectNode parse(String name, byte[] content) {
    try {
      return MAPPER.readValue(content, ObjectNode.class);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s is not a JSON object; fetch the file again.".formatted(folder.resolve(name)),
          e);
    }
  }
}
