package io.litoperator.worker.model;

import static io.litoperator.worker.model.Init.normal;

import io.litoperator.worker.plan.LoraPlan;
import io.litoperator.worker.plan.ModelPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All blocks of a model, in the order in which data flows through them. Tensor names are
 * llava-hf's; initial values are those of transformers' {@code _init_weights}.
 *
 * @param newline what ends a row of patches; absent in a model without anyres
 * @param adapters one for each decoder layer; none without LoRA
 */
public record Layout(
    Block towerEmbeddings,
    List<Block> towerLayers,
    Block towerTail,
    Block connector,
    Optional<Block> newline,
    Block embedding,
    List<Block> decoderLayers,
    List<Block> adapters,
    Block head,
    Optional<LoraPlan> lora) {

  static final String DECODER = "language_model.model.";
  private static final String HEAD = "language_model.lm_head.";

  public static Layout of(ModelConfig config) {
    return of(config, Optional.empty());
  }

  /** With adapters beside the language model's layers. */
  public static Layout of(ModelConfig config, Optional<LoraPlan> lora) {
    List<Block> layers = decoderLayers(config.text());
    return new Layout(
        TowerLayout.embeddings(config.vision()),
        TowerLayout.layers(config),
        TowerLayout.tail(config.vision()),
        ConnectorLayout.connector(config),
        ConnectorLayout.newline(config),
        embedding(config.text()),
        layers,
        lora.map(l -> layers.stream().map(layer -> Adapters.block(layer, l)).toList())
            .orElse(List.of()),
        head(config.text()),
        lora);
  }

  /** In order of their place in the flat buffers. */
  public List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    blocks.add(towerEmbeddings);
    blocks.addAll(towerLayers);
    blocks.add(towerTail);
    blocks.add(connector);
    newline.ifPresent(blocks::add);
    blocks.add(embedding);
    for (int i = 0; i < decoderLayers.size(); i++) {
      blocks.add(decoderLayers.get(i));
      if (!adapters.isEmpty()) {
        blocks.add(adapters.get(i));
      }
    }
    blocks.add(head);
    return blocks;
  }

  /**
   * Blocks that end with a vocabulary by itself: its gradient can be made by rows, since nothing
   * else adds to it.
   */
  public Set<Block> vocabularies(TextConfig c) {
    if (c.tiedEmbeddings()) {
      return Set.of();
    }
    return c.family().hasHeadBias() ? Set.of(embedding) : Set.of(embedding, head);
  }

  private static Block embedding(TextConfig c) {
    Weight table =
        Weight.of(
            DECODER + "embed_tokens.weight",
            normal(c.initializerRange()),
            c.vocabularySize(),
            c.hiddenSize());
    return new Block("embedding", ModelPart.LANGUAGE_MODEL, true, List.of(table));
  }

  private static List<Block> decoderLayers(TextConfig c) {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < c.layers(); i++) {
      List<Weight> weights = c.family().layer(c, DECODER + "layers." + i + ".");
      blocks.add(new Block("decoder.layer." + i, ModelPart.LANGUAGE_MODEL, true, weights));
    }
    return blocks;
  }

  /** The last norm, and the vocabulary unless that is the embedding's table. */
  private static Block head(TextConfig c) {
    List<Weight> weights = new ArrayList<>(c.family().finalNorm(c));
    if (!c.tiedEmbeddings()) {
      Init matrix = normal(c.initializerRange());
      weights.add(Weight.of(HEAD + "weight", matrix, c.vocabularySize(), c.hiddenSize()));
      if (c.family().hasHeadBias()) {
        weights.add(Weight.of(HEAD + "bias", Init.ZEROS, c.vocabularySize()));
      }
    }
    return new Block("head", ModelPart.LANGUAGE_MODEL, true, weights);
  }
}
