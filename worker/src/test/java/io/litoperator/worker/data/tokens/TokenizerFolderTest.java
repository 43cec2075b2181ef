package io.litoperator.worker.data.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerFolderTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void aLanguageModelsGetsTokensForPicturesAndPadding() throws IOException {
    write(List.of("<unk>", "<s>", "</s>", "Who"), Map.of("pad_token", "<unk>"));
    Files.writeString(folder.resolve("special_tokens_map.json"), "{\"pad_token\": \"<unk>\"}");

    TokenizerFolder grown = TokenizerFolder.read(folder).grown();

    JsonNode added = json(grown, "tokenizer.json").path("added_tokens");
    assertThat(added.get(0).path("content").asText()).isEqualTo("<image>");
    assertThat(added.get(0).path("id").asInt()).isEqualTo(4);
    assertThat(added.get(0).path("special").asBoolean()).isTrue();
    assertThat(added.get(1).path("content").asText()).isEqualTo("<pad>");
    assertThat(added.get(1).path("id").asInt()).isEqualTo(5);
    assertThat(json(grown, "tokenizer_config.json").path("pad_token").asText()).isEqualTo("<pad>");
    assertThat(json(grown, "special_tokens_map.json").path("pad_token").asText())
        .isEqualTo("<pad>");
    try (Tokenizer tokenizer = Tokenizer.open(grown)) {
      assertThat(tokenizer.idOf("<image>")).contains(4);
      assertThat(tokenizer.padding()).contains(new SpecialToken("<pad>", 5));
      assertThat(tokenizer.vocabularySize()).isEqualTo(6);
      assertThat(tokenizer.encode("Who<image>").ids()).containsExactly(3, 4);
    }
  }

  @Test
  void paddingOfItsOwnStays() throws IOException {
    write(List.of("<unk>", "<s>", "</s>", "<gap>"), Map.of("pad_token", "<gap>"));

    try (Tokenizer tokenizer = Tokenizer.open(TokenizerFolder.read(folder).grown())) {
      assertThat(tokenizer.padding()).contains(new SpecialToken("<gap>", 3));
      assertThat(tokenizer.idOf("<pad>")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"<s>", "</s>", "<unk>"})
  void aTokenWithAnotherRoleIsNoPadding(String role) throws IOException {
    write(List.of("<unk>", "<s>", "</s>"), Map.of("pad_token", role));

    try (Tokenizer tokenizer = Tokenizer.open(TokenizerFolder.read(folder).grown())) {
      assertThat(tokenizer.padding()).contains(new SpecialToken("<pad>", 4));
    }
  }

  @Test
  void whatIsCompleteStaysByteByByte() throws IOException {
    write(List.of("<unk>", "<s>", "</s>", "<image>", "<pad>"), Map.of("pad_token", "<pad>"));
    TokenizerFolder read = TokenizerFolder.read(folder);

    assertThat(read.grown()).isSameAs(read);
  }

  @Test
  void growingTwiceIsGrowingOnce() throws IOException {
    write(List.of("<unk>", "<s>", "</s>"), Map.of());
    TokenizerFolder grown = TokenizerFolder.read(folder).grown();

    assertThat(grown.grown()).isSameAs(grown);
  }

  private void write(List<String> words, Map<String, String> roles) throws IOException {
    ObjectNode tokenizer = JSON.createObjectNode().put("version", "1.0");
    tokenizer.putArray("added_tokens");
    tokenizer.putObject("pre_tokenizer").put("type", "WhitespaceSplit");
    ObjectNode vocabulary =
        tokenizer
            .putObject("model")
            .put("type", "WordLevel")
            .put("unk_token", "<unk>")
            .putObject("vocab");
    for (int id = 0; id < words.size(); id++) {
      vocabulary.put(words.get(id), id);
    }
    JSON.writeValue(folder.resolve("tokenizer.json").toFile(), tokenizer);
    ObjectNode configuration =
        JSON.createObjectNode()
            .put("bos_token", "<s>")
            .put("eos_token", "</s>")
            .put("unk_token", "<unk>");
    roles.forEach(configuration::put);
    JSON.writeValue(folder.resolve("tokenizer_config.json").toFile(), configuration);
  }

  private static JsonNode json(TokenizerFolder folder, String name) throws IOException {
    return JSON.readTree(folder.files().get(name));
  }
}
