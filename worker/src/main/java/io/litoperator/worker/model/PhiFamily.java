package io.litoperator.worker.model;

import static io.litoperator.worker.model.Init.ONES;
import static io.litoperator.worker.model.Init.ZEROS;
import static io.litoperator.worker.model.Init.normal;

import io.litoperator.worker.model.Weight.Part;
import java.util.List;
import java.util.Map;

/** Phi-1, Phi-1.5 and Phi-2. Their dropout, 0.1 in Phi-2's configuration, is left out. */
record PhiFamily() implements DecoderFamily {
  @Override
  public String modelType() {
    return "phi";
  }

  @Override
  public TextConfig read(ConfigReader config) {
    config.refuseIfTrue("qk_layernorm");
    config.refuseIfTrue("tie_word_embeddings");
    config.oneOf("hidden_act", "gelu_new", List.of("gelu_new", "gelu_pytorch_tanh"));
    int hidden = config.positive("hidden_size", 2048);
    int heads = config.positive("num_attention_heads", 32);
    int headSize = hidden / heads;
    return new TextConfig(
        this,
        config.positive("vocab_size", 51200),
        hidden,
        config.positive("intermediate_size", 8192),
        config.positive("num_hidden_layers", 24),
        heads,
        config.keyValueHeads(heads, heads),
        headSize,
        config.number("layer_norm_eps", 1e-5),
        RotaryFrequencies.read(
            config, (int) (headSize * config.number("partial_rotary_factor", 0.5))),
        config.positive("max_position_embeddings", 2048),
        false,
        config.number("initializer_range", 0.02));
  }

  @Override
  public List<Weight> layer(TextConfig c, String at) {
    long hidden = c.hiddenSize();
    long inner = c.intermediateSize();
    long keyValue = (long) c.keyValueHeads() * c.headSize();
    Init matrix = normal(c.initializerRange());
    String attention = at + "self_attn.";
    return List.of(
        Weight.of(at + "input_layernorm.weight", ONES, hidden),
        Weight.of(at + "input_layernorm.bias", ZEROS, hidden),
        Weight.stacked(
            new Part(attention + "q_proj.weight", matrix, hidden, hidden),
            new Part(attention + "k_proj.weight", matrix, keyValue, hidden),
            new Part(attention + "v_proj.weight", matrix, keyValue, hidden)),
        Weight.stacked(
            new Part(attention + "q_proj.bias", ZEROS, hidden),
            new Part(attention + "k_proj.bias", ZEROS, keyValue),
            new Part(attention + "v_proj.bias", ZEROS, keyValue)),
        Weight.of(attention + "dense.weight", matrix, hidden, hidden),
        Weight.of(attention + "dense.bias", ZEROS, hidden),
        Weight.of(at + "mlp.fc1.weight", matrix, inner, hidden),
        Weight.of(at + "mlp.fc1.bias", ZEROS, inner),
        Weight.of(at + "mlp.fc2.weight", matrix, hidden, inner),
        Weight.of(at + "mlp.fc2.bias", ZEROS, hidden));
  }

  @Override
  public List<Weight> finalNorm(TextConfig c) {
    String at = Layout.DECODER + "final_layernorm.";
    return List.of(
        Weight.of(at + "weight", ONES, c.hiddenSize()),
        Weight.of(at + "bias", ZEROS, c.hiddenSize()));
  }

  @Override
  public boolean isLayerNorm() {
    return true;
  }

  @Override
  public boolean hasHeadBias() {
    return true;
  }

  @Override
  public long keptOfRow(TextConfig c, boolean lean) {
    long attention = 2L * c.headSize() * (c.heads() + c.keyValueHeads());
    return c.hiddenSize() + attention + (lean ? 0 : c.intermediateSize());
  }

  @Override
  public LayerProgram program(TextConfig c) {
    return new LayerProgram(
        "PhiLayer",
        Map.of(
            "heads", c.heads(),
            "kv_heads", c.keyValueHeads(),
            "head_dim", c.headSize(),
            "epsilon", c.normEpsilon()));
  }
}
