package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelDescriptionTest {
  @TempDir Path folder;

  @Test
  void fieldsLeftOutHaveTransformersDefaults() throws IOException {
    ModelConfig config = read("{'model_type': 'llava', 'text_config': {}, 'vision_config': {}}");
    assertThat(config.text().family()).isEqualTo(TextConfig.Family.LLAMA);
    assertThat(config.text().intermediateSize()).isEqualTo(11008);
    assertThat(config.text().keyValueHeads()).isEqualTo(32);
    assertThat(config.text().headSize()).isEqualTo(128);
    assertThat(config.vision().activation()).isEqualTo("quick_gelu");
    assertThat(config.vision().positions()).isEqualTo(50);
    assertThat(config.featureLayer()).isEqualTo(-2);
    assertThat(config.usedTowerLayers()).isEqualTo(11);
    assertThat(config.imageTokens()).isEqualTo(49);
  }

  @Test
  void siglipHasNoClassTokenAndItsOwnDefaults() throws IOException {
    ModelConfig config =
        read("{'text_config': {}, 'vision_config': {'model_type': 'siglip_vision_model'}}");
    assertThat(config.vision().positions()).isEqualTo(196);
    assertThat(config.vision().activation()).isEqualTo("gelu_pytorch_tanh");
    assertThat(config.imageTokens()).isEqualTo(195);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'text_config': {'model_type': 'gpt2'}}|text_config.model_type gpt2 is not supported",
        "{'text_config': {'hidden_size': 'big'}}|text_config.hidden_size must be a whole number",
        "{'text_config': {'num_hidden_layers': 0}}|text_config.num_hidden_layers must be at least 1",
        "{'text_config': {'rope_scaling': {'factor': 2}}}|text_config.rope_scaling",
        "{'text_config': {'num_key_value_heads': 5}}|must be a multiple of num_key_value_heads",
        "{'vision_config': {'hidden_act': 'relu'}}|vision_config.hidden_act relu is not supported",
        "{'vision_feature_layer': -14}|feature layer -14 does not exist in a tower of 12 layers",
        "{'projector_hidden_act': 'relu'}|projector_hidden_act relu is not supported",
        "[]|is not a JSON object",
        "{|is not JSON"
      })
  void whatCannotBeBuiltIsRefusedByField(String json, String sentence) throws IOException {
    assertThatThrownBy(() -> read(json))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_DATA);
              assertThat(failure.getMessage())
                  .contains(folder.resolve("config.json").toString())
                  .contains(sentence)
                  .hasLineCount(1);
            });
  }

  @Test
  void aFolderWithoutConfigIsMissing() {
    assertThatThrownBy(() -> ModelDescription.ofModel(folder))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.INPUT_MISSING));
  }

  private ModelConfig read(String json) throws IOException {
    Files.writeString(folder.resolve("config.json"), json.replace('\'', '"'));
    return ModelDescription.ofModel(folder).config();
  }
}
