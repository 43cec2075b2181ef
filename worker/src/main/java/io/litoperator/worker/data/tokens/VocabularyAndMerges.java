package io.litoperator.worker.data.tokens;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Makes {@code tokenizer.json} of {@code vocab.json} and {@code merges.txt}, which is how
 * transformers' tokenizers in Python are saved, and so what TinyLLaVA publishes. Splits and special
 * tokens are those of transformers 4.49's {@code convert_slow_tokenizer}.
 */
final class VocabularyAndMerges {
  static final String VOCABULARY = "vocab.json";
  static final String MERGES = "merges.txt";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> ROLES =
      List.of("bos_token", "eos_token", "unk_token", "pad_token");

  /** Of Qwen2; GPT-2's is built into the byte-level splitter. */
  private static final String QWEN2_SPLIT =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
          + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private final Path folder;
  private final JsonNode configuration;
  private final JsonNode vocabulary;

  private VocabularyAndMerges(Path folder, JsonNode configuration, JsonNode vocabulary) {
    this.folder = folder;
    this.configuration = configuration;
    this.vocabulary = vocabulary;
  }

  static boolean in(Path folder) {
    return Files.exists(folder.resolve(VOCABULARY)) && Files.exists(folder.resolve(MERGES));
  }

  /**
   * @throws Failure {@code BAD_DATA} naming file, and line or field, if it cannot be made
   */
  static byte[] tokenizer(Path folder) {
    VocabularyAndMerges files =
        new VocabularyAndMerges(
            folder,
            object(folder.resolve(TokenizerFolder.CONFIGURATION)),
            object(folder.resolve(VOCABULARY)));
    try {
      return JSON.writeValueAsBytes(files.whole());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private ObjectNode whole() {
    ObjectNode json = JSON.createObjectNode().put("version", "1.0");
    json.putNull("truncation").putNull("padding");
    ArrayNode added = json.putArray("added_tokens");
    added().forEach((id, token) -> added.add(token.put("id", id)));
    boolean qwen2 =
        switch (kind()) {
          case "Qwen2Tokenizer" -> true;
          case "CodeGenTokenizer", "GPT2Tokenizer" -> false;
          default -> throw unknownKind();
        };
    json.set("normalizer", qwen2 ? type("NFC") : null);
    json.set("pre_tokenizer", qwen2 ? qwen2Splitter() : byteLevel(true));
    json.set("post_processor", byteLevel(true).put("trim_offsets", false));
    json.set("decoder", byteLevel(true));
    ObjectNode model = type("BPE");
    model.putNull("dropout").putNull("unk_token");
    model.put("continuing_subword_prefix", "").put("end_of_word_suffix", "");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    model.set("vocab", vocabulary);
    model.set("merges", merges());
    json.set("model", model);
    return json;
  }

  private String kind() {
    return configuration.path("tokenizer_class").asText().replaceFirst("Fast$", "");
  }

  private Failure unknownKind() {
    return bad(
        TokenizerFolder.CONFIGURATION,
        "of tokenizer_class %s lit makes no tokenizer.json; transformers' AutoTokenizer.from_pretrained and save_pretrained do"
            .formatted(kind().isEmpty() ? "(none)" : kind()));
  }

  private static ObjectNode type(String type) {
    return JSON.createObjectNode().put("type", type);
  }

  private ObjectNode byteLevel(boolean splits) {
    if (configuration.path("add_bos_token").asBoolean()) {
      throw bad(TokenizerFolder.CONFIGURATION, "add_bos_token must be false for such a tokenizer");
    }
    return type("ByteLevel")
        .put("add_prefix_space", configuration.path("add_prefix_space").asBoolean(false))
        .put("trim_offsets", true)
        .put("use_regex", splits);
  }

  private ObjectNode qwen2Splitter() {
    ObjectNode split = type("Split");
    split.putObject("pattern").put("Regex", QWEN2_SPLIT);
    split.put("behavior", "Isolated").put("invert", false);
    ObjectNode sequence = type("Sequence");
    sequence.putArray("pretokenizers").add(split).add(byteLevel(false));
    return sequence;
  }

  /** A line a merge: two tokens, with a blank between; the first line may tell a version. */
  private ArrayNode merges() {
    List<String> lines = lines();
    ArrayNode merges = JSON.createArrayNode();
    int start = !lines.isEmpty() && lines.get(0).startsWith("#version") ? 1 : 0;
    for (int i = start; i < lines.size(); i++) {
      String line = lines.get(i);
      if (!line.isEmpty()) {
        String[] parts = line.split(" ", -1);
        if (parts.length != 2 || !vocabulary.has(parts[0] + parts[1])) {
          throw bad(MERGES + " line " + (i + 1), "no two tokens that make one of " + VOCABULARY);
        }
        merges.add(line);
      }
    }
    return merges;
  }

  /** Not by readAllLines: some tokens are rarer line ends. */
  private List<String> lines() {
    return List.of(text(folder.resolve(MERGES)).split("\r?\n"));
  }

  /** By id, those of the vocabulary that have a role among them. */
  private Map<Integer, ObjectNode> added() {
    Map<Integer, ObjectNode> tokens = new TreeMap<>();
    Path added = folder.resolve(TokenizerFolder.ADDED_TOKENS);
    if (Files.exists(added)) {
      object(added)
          .properties()
          .forEach(e -> tokens.put(e.getValue().asInt(), token(e.getKey(), special(e.getKey()))));
    }
    for (Map.Entry<String, JsonNode> e : configuration.path("added_tokens_decoder").properties()) {
      ObjectNode token = token(e.getValue().path("content").asText(), false);
      token.fieldNames().forEachRemaining(f -> copy(e.getValue(), token, f));
      tokens.put(id(e.getKey()), token);
    }
    for (String role : ROLES) {
      content(configuration.path(role))
          .filter(vocabulary::has)
          .ifPresent(text -> tokens.putIfAbsent(vocabulary.get(text).asInt(), token(text, true)));
    }
    return tokens;
  }

  private int id(String key) {
    if (!key.matches("\\d{1,9}")) {
      throw bad(
          TokenizerFolder.CONFIGURATION, "added_tokens_decoder names a token %s".formatted(key));
    }
    return Integer.parseInt(key);
  }

  private static void copy(JsonNode from, ObjectNode to, String field) {
    if (from.has(field)) {
      to.set(field, from.get(field));
    }
  }

  private boolean special(String text) {
    Stream<JsonNode> named =
        Stream.concat(
            ROLES.stream().map(configuration::path),
            StreamSupport.stream(
                configuration.path("additional_special_tokens").spliterator(), false));
    return named.anyMatch(token -> content(token).equals(Optional.of(text)));
  }

  private static Optional<String> content(JsonNode token) {
    JsonNode text = token.isObject() ? token.path("content") : token;
    return Optional.ofNullable(text.textValue());
  }

  private static ObjectNode token(String text, boolean special) {
    return JSON.createObjectNode()
        .put("content", text)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", !special)
        .put("special", special);
  }

  private static JsonNode object(Path file) {
    try {
      if (JSON.readTree(text(file)) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s line %d: %s; fetch the file again."
              .formatted(file, e.getLocation().getLineNr(), e.getOriginalMessage()),
          e);
    }
    throw new Failure(ExitCode.BAD_DATA, file + " is not a JSON object; fetch the file again.");
  }

  private static String text(Path file) {
    return new String(TokenizerFolder.bytes(file), StandardCharsets.UTF_8);
  }

  private Failure bad(String where, String what) {
    return new Failure(ExitCode.BAD_DATA, "%s: %s.".formatted(folder.resolve(where), what));
  }
}
