package io.litoperator.worker.model;

import static io.litoperator.worker.model.Init.ONES;
import static io.litoperator.worker.model.Init.ZEROS;
import static io.litoperator.worker.model.Init.normal;

import io.litoperator.worker.model.Weight.Part;
import io.litoperator.worker.plan.ModelPart;
import java.util.ArrayList;
import java.util.List;

/** The blocks of CLIP's and SigLIP's vision transformers. */
final class TowerLayout {
  private static final String NAMES = "vision_tower.vision_model.";

  private TowerLayout() {}

  static Block embeddings(VisionConfig c) {
    String at = NAMES + "embeddings.";
    long hidden = c.hiddenSize();
    long patch = c.patchSize();
    List<Weight> weights = new ArrayList<>();
    if (c.family() == VisionConfig.Family.CLIP) {
      double range = c.initializerRange() * c.initializerFactor();
      double classToken = c.initializerFactor() / Math.sqrt(hidden);
      weights.add(Weight.of(at + "class_embedding", normal(classToken), hidden));
      weights.add(Weight.of(at + "patch_embedding.weight", normal(range), hidden, 3, patch, patch));
      weights.add(
          Weight.of(at + "position_embedding.weight", normal(range), c.positions(), hidden));
      weights.add(Weight.of(NAMES + "pre_layrnorm.weight", ONES, hidden));
      weights.add(Weight.of(NAMES + "pre_layrnorm.bias", ZEROS, hidden));
    } else {
      weights.add(
          Weight.of(
              at + "patch_embedding.weight",
              new Init.TruncatedNormal(1 / Math.sqrt(3.0 * patch * patch)),
              hidden,
              3,
              patch,
              patch));
      weights.add(Weight.of(at + "patch_embedding.bias", ZEROS, hidden));
      weights.add(
          Weight.of(
              at + "position_embedding.weight",
              normal(1 / Math.sqrt(hidden)),
              c.positions(),
              hidden));
    }
    return new Block("tower.embeddings", ModelPart.VISION_TOWER, true, weights);
  }

  static List<Block> layers(ModelConfig config) {
    VisionConfig c = config.vision();
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < c.layers(); i++) {
      String at = NAMES + "encoder.layers." + i + ".";
      boolean used = i < config.usedTowerLayers();
      blocks.add(new Block("tower.layer." + i, ModelPart.VISION_TOWER, used, layer(c, at)));
    }
    return blocks;
  }

  private static List<Weight> layer(VisionConfig c, String at) {
    long hidden = c.hiddenSize();
    long inner = c.intermediateSize();
    boolean clip = c.family() == VisionConfig.Family.CLIP;
    double depth = 1 / Math.sqrt(2.0 * c.layers()) * c.initializerFactor();
    double width = 1 / Math.sqrt(hidden);
    Init qkv = clip ? normal(width * depth) : xavier(hidden, hidden);
    Init out = clip ? normal(width * c.initializerFactor()) : qkv;
    Init mlpIn =
        clip ? normal(c.initializerFactor() / Math.sqrt(2.0 * hidden)) : xavier(hidden, inner);
    Init mlpOut = clip ? normal(width * depth) : xavier(hidden, inner);
    Init mlpBias = clip ? ZEROS : normal(1e-6);
    String attention = at + "self_attn.";
    return List.of(
        Weight.of(at + "layer_norm1.weight", ONES, hidden),
        Weight.of(at + "layer_norm1.bias", ZEROS, hidden),
        Weight.stacked(
            new Part(attention + "q_proj.weight", qkv, hidden, hidden),
            new Part(attention + "k_proj.weight", qkv, hidden, hidden),
            new Part(attention + "v_proj.weight", qkv, hidden, hidden)),
        Weight.stacked(
            new Part(attention + "q_proj.bias", ZEROS, hidden),
            new Part(attention + "k_proj.bias", ZEROS, hidden),
            new Part(attention + "v_proj.bias", ZEROS, hidden)),
        Weight.of(attention + "out_proj.weight", out, hidden, hidden),
        Weight.of(attention + "out_proj.bias", ZEROS, hidden),
        Weight.of(at + "layer_norm2.weight", ONES, hidden),
        Weight.of(at + "layer_norm2.bias", ZEROS, hidden),
        Weight.of(at + "mlp.fc1.weight", mlpIn, inner, hidden),
        Weight.of(at + "mlp.fc1.bias", mlpBias, inner),
        Weight.of(at + "mlp.fc2.weight", mlpOut, hidden, inner),
        Weight.of(at + "mlp.fc2.bias", mlpBias, hidden));
  }

  private static Init xavier(long in, long out) {
    return new Init.Uniform(Math.sqrt(6.0 / (in + out)));
  }

  /** The norm after the last layer and SigLIP's pooling head, which no image token passes. */
  static Block tail(VisionConfig c) {
    long hidden = c.hiddenSize();
    List<Weight> weights = new ArrayList<>();
    weights.add(Weight.of(NAMES + "post_layernorm.weight", ONES, hidden));
    weights.add(Weight.of(NAMES + "post_layernorm.bias", ZEROS, hidden));
    if (c.poolingHead()) {
      weights.addAll(siglipHead(c, NAMES + "head."));
    }
    return new Block("tower.tail", ModelPart.VISION_TOWER, false, weights);
  }

  private static List<Weight> siglipHead(VisionConfig c, String at) {
    long hidden = c.hiddenSize();
    long inner = c.intermediateSize();
    Init matrix = xavier(hidden, inner);
    return List.of(
        Weight.of(at + "probe", xavier(hidden, hidden), 1, 1, hidden),
        Weight.of(at + "attention.in_proj_weight", xavier(hidden, 3 * hidden), 3 * hidden, hidden),
        Weight.of(at + "attention.in_proj_bias", ZEROS, 3 * hidden),
        Weight.of(at + "attention.out_proj.weight", xavier(hidden, hidden), hidden, hidden),
        Weight.of(at + "attention.out_proj.bias", ZEROS, hidden),
        Weight.of(at + "layernorm.weight", ONES, hidden),
        Weight.of(at + "layernorm.bias", ZEROS, hidden),
        Weight.of(at + "mlp.fc1.weight", matrix, inner, hidden),
        Weight.of(at + "mlp.fc1.bias", normal(1e-6), inner),
        Weight.of(at + "mlp.fc2.weight", matrix, hidden, inner),
        Weight.of(at + "mlp.fc2.bias", normal(1e-6), hidden));
  }
}
