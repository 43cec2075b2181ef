package io.litoperator.worker.data.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.Fixtures;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VocabularyAndMergesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  /** The fixtures' tokenizers, as transformers' tokenizers in Python save them. */
  @ParameterizedTest
  @CsvSource({"phi, false", "phi, true", "qwen2, false", "qwen2, true"})
  void idsAndOffsetsAreThoseOfTheWholeFile(String name, boolean decoder) throws IOException {
    TokenizerFixture.unpack(name, folder.resolve("whole"));
    Path split = split(name, decoder);

    try (Tokenizer whole = Tokenizer.open(folder.resolve("whole"));
        Tokenizer made = Tokenizer.open(split)) {
      assertThat(made.vocabularySize()).isEqualTo(whole.vocabularySize());
      for (JsonNode one :
          JSON.readTree(Fixtures.root().resolve("tokenizers/cases.json").toFile())) {
        String text = one.get("text").textValue();
        Encoding expected = whole.encode(text);
        Encoding found = made.encode(text);
        assertThat(found.ids()).as(text).containsExactly(expected.ids());
        assertThat(found.starts()).as(text).containsExactly(expected.starts());
        assertThat(found.ends()).as(text).containsExactly(expected.ends());
        assertThat(made.decode(found.ids())).isEqualTo(whole.decode(expected.ids()));
      }
    }
  }

  @Test
  void whatIsMadeGrowsLikeAnyOther() throws IOException {
    TokenizerFolder grown = TokenizerFolder.read(split("phi", true)).grown();

    try (Tokenizer tokenizer = Tokenizer.open(grown)) {
      assertThat(tokenizer.idOf("<image>")).contains(50295);
    }
  }

  @Test
  void aMergeOfNothingIsRefusedWithItsLine() throws IOException {
    Path split = split("phi", true);
    Files.writeString(
        split.resolve("merges.txt"),
        Files.readString(split.resolve("merges.txt")) + "un heard-of\n");

    assertRefused(split, "merges.txt line 50002: no two tokens that make one of vocab.json");
  }

  @Test
  void aCutVocabularyIsRefusedWithItsLine() throws IOException {
    Path split = split("phi", true);
    String vocabulary = Files.readString(split.resolve("vocab.json"));
    Files.writeString(split.resolve("vocab.json"), vocabulary.substring(0, 900));

    assertRefused(split, "vocab.json line 1");
  }

  @Test
  void anotherKindIsRefusedWithTheWayToConvert() throws IOException {
    Path split = split("phi", true);
    TokenizerFixture.configure(split, "tokenizer_class", "BartTokenizer");

    assertRefused(split, "of tokenizer_class BartTokenizer lit makes no tokenizer.json");
  }

  private static void assertRefused(Path split, String sentence) {
    assertThatThrownBy(() -> Tokenizer.open(split))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_DATA))
        .hasMessageContaining(sentence);
  }

  /**
   * @param decoder whether added tokens are in {@code tokenizer_config.json}, as newer releases of
   *     transformers have them
   */
  private Path split(String name, boolean decoder) throws IOException {
    Path split = TokenizerFixture.unpack(name, folder.resolve("split"));
    JsonNode json = JSON.readTree(split.resolve("tokenizer.json").toFile());
    Files.delete(split.resolve("tokenizer.json"));
    JSON.writeValue(split.resolve("vocab.json").toFile(), json.at("/model/vocab"));
    StringBuilder merges = new StringBuilder("#version: 0.2\n");
    json.at("/model/merges").forEach(merge -> merges.append(merge.textValue()).append('\n'));
    Files.writeString(split.resolve("merges.txt"), merges);
    ObjectNode added = JSON.createObjectNode();
    ObjectNode configuration =
        (ObjectNode) JSON.readTree(split.resolve("tokenizer_config.json").toFile());
    for (JsonNode token : json.path("added_tokens")) {
      added.set(token.path("content").textValue(), token.path("id"));
      if (token.path("special").asBoolean()) {
        configuration.withArray("/additional_special_tokens").add(token.path("content"));
      }
      if (decoder) {
        configuration
            .withObject("/added_tokens_decoder")
            .set(token.path("id").asText(), ((ObjectNode) token.deepCopy()).without("id"));
      }
    }
    JSON.writeValue(split.resolve("added_tokens.json").toFile(), added);
    JSON.writeValue(split.resolve("tokenizer_config.json").toFile(), configuration);
    return split;
  }
}
