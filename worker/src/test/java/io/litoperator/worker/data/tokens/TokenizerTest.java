package io.litoperator.worker.data.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.Fixtures;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TokenizerTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final Map<String, Tokenizer> REFERENCES = new HashMap<>();

  @TempDir Path folder;

  @BeforeAll
  static void open(@TempDir Path folders) throws IOException {
    for (String name : List.of("llama", "qwen2", "phi")) {
      REFERENCES.put(name, Tokenizer.open(TokenizerFixture.unpack(name, folders.resolve(name))));
    }
  }

  @AfterAll
  static void close() {
    REFERENCES.values().forEach(Tokenizer::close);
  }

  /** Texts stay JSON, whose escapes a report can show. */
  static Stream<Arguments> references() throws IOException {
    JsonNode cases = MAPPER.readTree(Fixtures.root().resolve("tokenizers/cases.json").toFile());
    return Stream.of("llama", "qwen2", "phi")
        .flatMap(
            name ->
                IntStream.range(0, cases.size())
                    .mapToObj(
                        i ->
                            Arguments.of(
                                name, i, cases.get(i).get("text"), cases.get(i).get(name))));
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource("references")
  void idsAndOffsetsEqualTheReference(String name, int index, JsonNode quoted, JsonNode expected) {
    String text = quoted.textValue();
    Encoding encoding = REFERENCES.get(name).encode(text);
    assertThat(encoding.ids())
        .containsExactly(MAPPER.convertValue(expected.get("ids"), int[].class));
    JsonNode offsets = expected.get("offsets");
    assertThat(encoding.starts()).containsExactly(indices(text, offsets, 0));
    assertThat(encoding.ends()).containsExactly(indices(text, offsets, 1));
  }

  /** The fixtures count code points. */
  private static int[] indices(String text, JsonNode offsets, int side) {
    return IntStream.range(0, offsets.size())
        .map(i -> text.offsetByCodePoints(0, offsets.get(i).get(side).asInt()))
        .toArray();
  }

  @Test
  void longTextsAreNotCut() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(TokenizerFixture.unpack("phi", folder))) {
      assertThat(tokenizer.encode(" word".repeat(3000)).size()).isEqualTo(3000);
    }
  }

  @Test
  void decodingLeavesSpecialTokensOut() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(TokenizerFixture.unpack("llama", folder))) {
      int[] ids = tokenizer.encode("A cat, “curly” 😀</s>").ids();
      assertThat(tokenizer.decode(ids)).isEqualTo("A cat, “curly” 😀");
      assertThat(tokenizer.vocabularySize()).isEqualTo(32000);
      assertThat(tokenizer.endOfSequence()).isEqualTo(new SpecialToken("</s>", 2));
      assertThat(tokenizer.beginOfSequence()).contains(new SpecialToken("<s>", 1));
      assertThat(tokenizer.dropsLeadingSpace()).isTrue();
    }
  }

  /** What transformers 4.49's {@code clean_up_tokenization} makes of it. */
  @Test
  void decodingCleansUpWhereTheConfigurationAsksForIt() throws IOException {
    String text =
        "A cat , a dog . Is n't it ? Yes ! They 're ' here ' and I 'm sure , he 's left , we 've"
            + " not";
    TokenizerFixture.unpack("phi", folder);
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      assertThat(tokenizer.decode(tokenizer.encode(text).ids())).isEqualTo(text);
    }
    TokenizerFixture.configure(folder, "clean_up_tokenization_spaces", "true");
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      assertThat(tokenizer.decode(tokenizer.encode(text).ids()))
          .isEqualTo(
              "A cat, a dog. Isn't it? Yes! They're'here'and I'm sure, he's left, we've not");
    }
  }

  /** Llama's classes of transformers write the post-processor anew from these flags. */
  @ParameterizedTest
  @CsvSource({
    "add_bos_token, false, it puts a BOS before a text",
    "add_eos_token, true, add_eos_token"
  })
  void flagsThatDifferFromTheFileAreRefused(String flag, String value, String sentence)
      throws IOException {
    TokenizerFixture.configure(TokenizerFixture.unpack("llama", folder), flag, value);
    assertFails(ExitCode.BAD_DATA, sentence);
    TokenizerFixture.configure(folder, "tokenizer_class", "PreTrainedTokenizerFast");
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      assertThat(tokenizer.beginOfSequence()).isPresent();
    }
  }

  @Test
  void aFileWithoutBosIsRefusedWhereTheClassAddsOne() throws IOException {
    TokenizerFixture.configure(
        TokenizerFixture.unpack("phi", folder), "tokenizer_class", "LlamaTokenizerFast");
    assertFails(ExitCode.BAD_DATA, "it puts no BOS before a text");
  }

  @Test
  void bosCountsOnlyWhereItIsAdded() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(TokenizerFixture.unpack("phi", folder))) {
      assertThat(tokenizer.beginOfSequence()).isEmpty();
      assertThat(tokenizer.dropsLeadingSpace()).isFalse();
    }
  }

  @Test
  void missingFileIsNamed() {
    assertFails(ExitCode.INPUT_MISSING, folder.resolve("tokenizer.json").toString());
  }

  @Test
  void cutFileIsNamedWithItsLine() throws IOException {
    TokenizerFixture.unpack("phi", folder);
    Path file = folder.resolve("tokenizer.json");
    Files.writeString(file, Files.readString(file).substring(0, 5000));
    assertFails(ExitCode.BAD_DATA, file + " line 1");
  }

  @Test
  void jsonThatIsNoTokenizerIsRefused() throws IOException {
    TokenizerFixture.unpack("phi", folder);
    Path file = folder.resolve("tokenizer.json");
    Files.writeString(
        file,
        "{\"model\": {\"type\": \"Unheard\", \"vocab\": {}}, \"added_tokens\":"
            + " [{\"id\": 0, \"content\": \"<|endoftext|>\"}]}");
    assertFails(ExitCode.BAD_DATA, file.toString());
  }

  @Test
  void configurationOfAnotherModelIsRefused() throws IOException {
    TokenizerFixture.configure(TokenizerFixture.unpack("phi", folder), "eos_token", "</s>");
    assertFails(ExitCode.BAD_DATA, "eos_token is </s>, which tokenizer.json does not have");
  }

  @Test
  void configurationWithoutEndOfSequenceIsRefused() throws IOException {
    TokenizerFixture.configure(TokenizerFixture.unpack("phi", folder), "eos_token", null);
    assertFails(ExitCode.BAD_DATA, "names no eos_token");
  }

  private void assertFails(ExitCode code, String sentence) {
    assertThatThrownBy(() -> Tokenizer.open(folder))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.exitCode()).isEqualTo(code))
        .hasMessageContaining(sentence);
  }
}
