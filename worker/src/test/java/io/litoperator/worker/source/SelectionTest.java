package io.litoperator.worker.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectionTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        // As Qwen2, Mistral with both spellings, a sharded model, CLIP with other programs' files.
        "config.json model.safetensors merges.txt README.md .gitattributes | config.json merges.txt model.safetensors",
        "config.json consolidated.safetensors model.safetensors tokenizer.model | config.json tokenizer.model model.safetensors",
        "model-00001-of-00002.safetensors model-00002-of-00002.safetensors model.safetensors.index.json onnx/model.onnx"
            + "| model.safetensors.index.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors",
        "config.json tf_model.h5 flax_model.msgpack pytorch_model.bin model.safetensors | config.json model.safetensors",
        // Of our own checkpoints all, since all is checked.
        "state.json manifest.json model-00001-of-00001.safetensors optimizer-0.safetensors lit.json"
            + "| state.json manifest.json model-00001-of-00001.safetensors optimizer-0.safetensors lit.json",
        "adapter_config.json adapter_model.safetensors | adapter_config.json adapter_model.safetensors"
      })
  void ofAModelOnlyWhatIsNeeded(String files, String needed) {
    assertThat(Selection.MODEL.of(list(files), false)).isEqualTo(list(needed));
  }

  @Test
  void toLookAtNoWeightsAreNeeded() {
    assertThat(Selection.MODEL_WITHOUT_WEIGHTS.of(list("config.json model.safetensors"), false))
        .containsExactly("config.json");
  }

  @Test
  void ofDataAllIsNeeded() {
    List<String> files = list("a.json images/1.jpg pytorch_model.bin");
    assertThat(Selection.EVERYTHING.of(files, false)).isEqualTo(files);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "config.json pytorch_model.bin | BAD_DATA | has its weights as a Python pickle only (pytorch_model.bin)",
        "config.json | INPUT_MISSING | has no weights",
        "model-00001-of-00003.safetensors model-00003-of-00003.safetensors | INPUT_MISSING | has 2 of the 3 shards",
        "state.json model-00001-of-00001.safetensors | BAD_DATA | is a checkpoint without manifest.json"
      })
  void whatCannotBeUsedIsTold(String files, ExitCode code, String message) {
    for (Selection selection : List.of(Selection.MODEL, Selection.MODEL_WITHOUT_WEIGHTS)) {
      assertThatThrownBy(() -> selection.of(list(files), false))
          .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.exitCode()).isEqualTo(code))
          .hasMessageStartingWith(message);
    }
  }

  @Test
  void weightsMayLackWhereTheyAreToBeInitialised() {
    assertThat(Selection.MODEL.of(list("config.json"), true)).containsExactly("config.json");
  }

  private static List<String> list(String words) {
    return List.of(words.strip().split("\\s+"));
  }
}
