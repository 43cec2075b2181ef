package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.model.InferenceMemory.Questions;
import io.litoperator.worker.plan.TopologyPlan.Device;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shapes in round numbers: 2 layers, 4 key-value heads of 64, a picture of 16 tokens. */
class InferenceMemoryTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;
  private ModelConfig model;

  @BeforeEach
  void writeConfig() throws IOException {
    model = config(1024, false);
  }

  private ModelConfig config(int vocabulary, boolean tied) throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type": "llava", "image_token_index": 1000,
         "vision_config": {"model_type": "clip_vision_model", "hidden_size": 64,
           "intermediate_size": 256, "num_hidden_layers": 2, "num_attention_heads": 4,
           "image_size": 64, "patch_size": 16},
         "text_config": {"model_type": "llama", "vocab_size": %d, "hidden_size": 512,
           "intermediate_size": 1024, "num_hidden_layers": 2, "num_attention_heads": 8,
           "num_key_value_heads": 4, "tie_word_embeddings": %s}}
        """
            .formatted(vocabulary, tied));
    return ModelDescription.ofModel(folder).config();
  }

  private InferenceMemory of(Precision precision, Device device, int count, int rows) {
    return InferenceMemory.of(model, precision, device, new Questions(count, rows, 1, 8));
  }

  /** Of each place 2 · 2 · 4 · 64 elements, of places a multiple of 16. */
  @Test
  void cacheHasAllPlacesOfAllQuestionsOfABatch() {
    assertThat(of(Precision.FP32, Device.CPU, 64, 56).cache()).isEqualTo(64L * 64 * 4096);
    assertThat(of(Precision.FP32, Device.CPU, 64, 57).cache()).isEqualTo(64L * 80 * 4096);
    assertThat(of(Precision.BF16, Device.CUDA, 64, 56).cache()).isEqualTo(64L * 64 * 2048);
  }

  @Test
  void batchesAreNoLargerThanTheCacheMayBe() {
    // 16 MiB a question, and 128 of them would be the most.
    assertThat(of(Precision.FP32, Device.CPU, 64, 4088).cache()).isEqualTo(64L * 16 * MIB);
    assertThat(of(Precision.FP32, Device.CPU, 400, 4088).cache()).isEqualTo(128L * 16 * MIB);
    // One is answered however long it is.
    assertThat(of(Precision.FP32, Device.CPU, 64, (1 << 20) - 8).cache()).isEqualTo(4096L * MIB);
  }

  @Test
  void matricesAreCopiedInFp32OnCpusAlone() throws IOException {
    long packed = of(Precision.FP32, Device.CPU, 1, 8).weights();
    long layer = 512 * 1024 + 512 * 512 + 3 * 512 * 1024;
    long vocabulary = 1024 * 512;
    long tower = 4 * 64 * 64 + 2 * 64 * 256;
    long connector = 64 * 512 + 512 * 512;
    assertThat(packed).isEqualTo(4 * (2 * layer + vocabulary + tower + connector));
    assertThat(of(Precision.FP32, Device.CUDA, 1, 8).weights()).isZero();
    assertThat(of(Precision.BF16, Device.CPU, 1, 8).weights()).isZero();
    model = config(1024, true);
    assertThat(of(Precision.FP32, Device.CPU, 1, 8).weights()).isEqualTo(packed);
    // Both vocabularies take 4 GiB.
    model = config(1 << 20, false);
    assertThat(of(Precision.FP32, Device.CPU, 1, 8).weights()).isZero();
  }

  /** In Java those that were read, in torch those of the batch, and their 16 tokens. */
  @Test
  void picturesAreThoseReadAndThoseAnswered() {
    long pixels = 4 * 3 * 64 * 64;
    assertThat(of(Precision.FP32, Device.CPU, 64, 56).pictures())
        .isEqualTo(2 * 64 * pixels + 64 * 16 * 512 * 4);
    assertThat(of(Precision.FP32, Device.CPU, 64, (1 << 20) - 8).pictures())
        .isEqualTo(65 * pixels + 16 * 512 * 4);
  }

  @Test
  void activationsAreThoseOfAChunk() {
    long row = 4 * (3 * 1024 + 4 * 512);
    assertThat(of(Precision.FP32, Device.CPU, 64, 100).activations()).isEqualTo(1200 * row);
    assertThat(of(Precision.FP32, Device.CPU, 4, 100).activations()).isEqualTo(400 * row);
    assertThat(of(Precision.FP32, Device.CPU, 4, 3000).activations()).isEqualTo(3000 * row);
  }
}
