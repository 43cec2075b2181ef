package io.litoperator.examples.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import io.litoperator.examples.quickstart.Safetensors.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Initial weights of a small CLIP tower, under Hugging Face's {@code CLIPVisionModel} names. Unlike
 * the initialisation Hugging Face gives CLIP, positions stand out from the start, which is what
 * lets so small a tower learn where things are in a few hundred steps.
 */
final class VisionTower {
  private static final double POSITIONS = 1;
  private static final double EMBEDDINGS = 0.02;
  private static final double MATRICES = 0.08;

  private final Map<String, Tensor> weights = new LinkedHashMap<>();
  private final Random random;

  private VisionTower(long seed) {
    this.random = new Random(seed);
  }

  /**
   * @param config the tower's {@code config.json}
   * @return tensors by name: the patch embedding and the class token N(0, 0.02), positions N(0, 1),
   *     matrices N(0, 0.08), biases 0, norms 1
   */
  static Map<String, Tensor> initialise(JsonNode config, long seed) {
    int width = config.required("hidden_size").intValue();
    int patch = config.required("patch_size").intValue();
    int grid = config.required("image_size").intValue() / patch;
    int channels = config.required("num_channels").intValue();
    int inner = config.required("intermediate_size").intValue();
    VisionTower tower = new VisionTower(seed);
    tower.normal("embeddings.class_embedding", EMBEDDINGS, width);
    tower.normal("embeddings.patch_embedding.weight", EMBEDDINGS, width, channels, patch, patch);
    tower.normal("embeddings.position_embedding.weight", POSITIONS, grid * grid + 1, width);
    tower.norm("pre_layrnorm", width); // Hugging Face's spelling
    for (int i = 0; i < config.required("num_hidden_layers").intValue(); i++) {
      tower.layer("encoder.layers." + i, width, inner);
    }
    tower.norm("post_layernorm", width);
    return tower.weights;
  }

  private void layer(String name, int width, int inner) {
    norm(name + ".layer_norm1", width);
    for (String projection : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
      linear(name + ".self_attn." + projection, width, width);
    }
    norm(name + ".layer_norm2", width);
    linear(name + ".mlp.fc1", width, inner);
    linear(name + ".mlp.fc2", inner, width);
  }

  private void linear(String name, int in, int out) {
    normal(name + ".weight", MATRICES, out, in);
    constant(name + ".bias", 0, out);
  }

  private void norm(String name, int width) {
    constant(name + ".weight", 1, width);
    constant(name + ".bias", 0, width);
  }

  private void normal(String name, double deviation, int... shape) {
    float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    put(name, values, shape);
  }

  private void constant(String name, float value, int size) {
    float[] values = new float[size];
    Arrays.fill(values, value);
    put(name, values, size);
  }

  private void put(String name, float[] values, int... shape) {
    weights.put("vision_model." + name, new Tensor(Arrays.stream(shape).boxed().toList(), values));
  }
}
