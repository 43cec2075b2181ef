package io.litoperator.worker.model;

import static io.litoperator.worker.model.Init.ONES;
import static io.litoperator.worker.model.Init.ZEROS;
import static io.litoperator.worker.model.Init.normal;

import io.litoperator.worker.model.Weight.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Families built as Llama is: RMSNorm before grouped-query attention with rotary positions, and
 * before a gated MLP. They share the program {@code DecoderLayer}.
 */
interface GatedFamily extends DecoderFamily {
  /** Whether queries, keys and values have biases. */
  boolean hasAttentionBias();

  /**
   * What transformers assumes where a configuration says nothing.
   *
   * @param keyValueHeads 0 for as many as there are heads
   */
  record Defaults(int vocabulary, int intermediate, int keyValueHeads, int positions) {}

  /** A configuration of this family, but for what is a family's own. */
  default TextConfig read(ConfigReader config, Defaults defaults) {
    config.refuseIfTrue("attention_bias");
    config.refuseIfTrue("mlp_bias");
    config.oneOf("hidden_act", "silu", List.of("silu"));
    int hidden = config.positive("hidden_size", 4096);
    int heads = config.positive("num_attention_heads", 32);
    int others = defaults.keyValueHeads() == 0 ? heads : defaults.keyValueHeads();
    int headSize = config.positive("head_dim", hidden / heads);
    return new TextConfig(
        this,
        config.positive("vocab_size", defaults.vocabulary()),
        hidden,
        config.positive("intermediate_size", defaults.intermediate()),
        config.positive("num_hidden_layers", 32),
        heads,
        config.keyValueHeads(heads, others),
        headSize,
        config.number("rms_norm_eps", 1e-6),
        RotaryFrequencies.read(config, headSize),
        config.positive("max_position_embeddings", defaults.positions()),
        config.flag("tie_word_embeddings", false),
        config.number("initializer_range", 0.02));
  }

  @Override
  default List<Weight> layer(TextConfig c, String at) {
    long hidden = c.hiddenSize();
    long inner = c.intermediateSize();
    long query = (long) c.heads() * c.headSize();
    long keyValue = (long) c.keyValueHeads() * c.headSize();
    Init matrix = normal(c.initializerRange());
    String attention = at + "self_attn.";
    List<Weight> weights = new ArrayList<>();
    weights.add(Weight.of(at + "input_layernorm.weight", ONES, hidden));
    weights.add(
        Weight.stacked(
            new Part(attention + "q_proj.weight", matrix, query, hidden),
            new Part(attention + "k_proj.weight", matrix, keyValue, hidden),
            new Part(attention + "v_proj.weight", matrix, keyValue, hidden)));
    if (hasAttentionBias()) {
      weights.add(
          Weight.stacked(
              new Part(attention + "q_proj.bias", ZEROS, query),
              new Part(attention + "k_proj.bias", ZEROS, keyValue),
              new Part(attention + "v_proj.bias", ZEROS, keyValue)));
    }
    weights.add(Weight.of(attention + "o_proj.weight", matrix, hidden, query));
    weights.add(Weight.of(at + "post_attention_layernorm.weight", ONES, hidden));
    weights.add(
        Weight.stacked(
            new Part(at + "mlp.gate_proj.weight", matrix, inner, hidden),
            new Part(at + "mlp.up_proj.weight", matrix, inner, hidden)));
    weights.add(Weight.of(at + "mlp.down_proj.weight", matrix, hidden, inner));
    return weights;
  }

  @Override
  default List<Weight> finalNorm(TextConfig c) {
    return List.of(Weight.of(Layout.DECODER + "norm.weight", ONES, c.hiddenSize()));
  }

  @Override
  default boolean isLayerNorm() {
    return false;
  }

  @Override
  default boolean hasHeadBias() {
    return false;
  }

  @Override
  default long keptOfRow(TextConfig c, boolean lean) {
    long attention = 2L * c.headSize() * (c.heads() + c.keyValueHeads());
    return 2L * c.hiddenSize() + attention + (lean ? 0 : 2L * c.intermediateSize());
  }

  @Override
  default LayerProgram program(TextConfig c) {
    return new LayerProgram(
        "DecoderLayer",
        Map.of(
            "heads", c.heads(),
            "kv_heads", c.keyValueHeads(),
            "head_dim", c.headSize(),
            "epsilon", c.normEpsilon(),
            "qkv_bias", hasAttentionBias()));
  }
}
