package io.litoperator.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.examples.quickstart.Safetensors.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VisionTowerTest {
  private static final Path CONFIG = Path.of("quickstart/model/vision-tower/config.json");

  @Test
  void hasTheTensorsOfAClipTower() throws IOException {
    Map<String, Tensor> weights = initialise(1);
    assertThat(weights)
        .hasSize(3 + 2 + 4 + 4 * 2 + 2 * 2 + 2)
        .allSatisfy((name, tensor) -> assertThat(name).startsWith("vision_model."));
    assertShape(weights, "vision_model.embeddings.class_embedding", 64);
    assertShape(weights, "vision_model.embeddings.patch_embedding.weight", 64, 3, 32, 32);
    assertShape(weights, "vision_model.embeddings.position_embedding.weight", 10, 64);
    assertShape(weights, "vision_model.pre_layrnorm.bias", 64);
    assertShape(weights, "vision_model.encoder.layers.0.self_attn.out_proj.weight", 64, 64);
    assertShape(weights, "vision_model.encoder.layers.0.mlp.fc1.weight", 192, 64);
    assertShape(weights, "vision_model.encoder.layers.0.mlp.fc1.bias", 192);
    assertShape(weights, "vision_model.encoder.layers.0.mlp.fc2.weight", 64, 192);
    assertShape(weights, "vision_model.encoder.layers.0.layer_norm2.weight", 64);
    assertShape(weights, "vision_model.post_layernorm.weight", 64);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "embeddings.patch_embedding.weight, 0, 0.02",
    "embeddings.position_embedding.weight, 0, 1",
    "encoder.layers.0.self_attn.q_proj.weight, 0, 0.08",
    "encoder.layers.0.mlp.fc2.weight, 0, 0.08",
    "encoder.layers.0.mlp.fc2.bias, 0, 0",
    "encoder.layers.0.layer_norm1.weight, 1, 0",
    "post_layernorm.bias, 0, 0",
  })
  void drawsFromTheRecipesDistributions(String name, double mean, double deviation)
      throws IOException {
    float[] values = initialise(1).get("vision_model." + name).values();
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value;
      squares += (value - mean) * (value - mean);
    }
    assertThat(sum / values.length).isCloseTo(mean, within(0.2 * deviation));
    assertThat(Math.sqrt(squares / values.length)).isCloseTo(deviation, within(0.1 * deviation));
  }

  @Test
  void sameSeedSameWeights() throws IOException {
    String name = "vision_model.embeddings.class_embedding";
    float[] values = initialise(1).get(name).values();
    assertThat(initialise(1).get(name).values()).isEqualTo(values);
    assertThat(initialise(2).get(name).values()).isNotEqualTo(values);
  }

  @Test
  void filesHoldWhatWasWritten(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Map<String, Tensor> weights = initialise(1);
    Safetensors.write(file, weights);

    ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] json = new byte[Math.toIntExact(content.getLong())];
    content.get(json);
    ByteBuffer data = content.slice().order(ByteOrder.LITTLE_ENDIAN);
    JsonNode header = new ObjectMapper().readTree(json);
    int end = 0;
    for (Map.Entry<String, Tensor> weight : weights.entrySet()) {
      JsonNode description = header.get(weight.getKey());
      assertThat(description.get("dtype").textValue()).isEqualTo("F32");
      assertThat(description.get("shape").toString().replace(",", ", "))
          .isEqualTo(weight.getValue().shape().toString());
      assertThat(description.at("/data_offsets/0").intValue()).isEqualTo(end);
      end = description.at("/data_offsets/1").intValue();
      float[] values = new float[weight.getValue().values().length];
      data.asFloatBuffer().get(values);
      data.position(end);
      assertThat(values).as(weight.getKey()).isEqualTo(weight.getValue().values());
    }
    assertThat(data.remaining()).isZero();
    assertThat(json.length % 8).isZero();
  }

  private static Map<String, Tensor> initialise(long seed) throws IOException {
    return VisionTower.initialise(new ObjectMapper().readTree(CONFIG.toFile()), seed);
  }

  private static void assertShape(Map<String, Tensor> weights, String name, Integer... shape) {
    assertThat(weights).containsKey(name);
    assertThat(weights.get(name).shape()).as(name).containsExactly(shape);
    int size = 1;
    for (int dimension : shape) {
      size *= dimension;
    }
    assertThat(weights.get(name).values()).as(name).hasSize(size);
  }
}
