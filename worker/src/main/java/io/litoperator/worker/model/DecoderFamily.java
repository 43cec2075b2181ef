package io.litoperator.worker.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a family of language models has of its own: its configuration, its tensors, and the program
 * of its layers. {@code docs/development.md} tells how to add one.
 */
public interface DecoderFamily {
  /** All that are built. */
  static List<DecoderFamily> all() {
    return List.of(new LlamaFamily(), new MistralFamily(), new PhiFamily(), new Qwen2Family());
  }

  static Optional<DecoderFamily> of(String modelType) {
    return all().stream().filter(family -> family.modelType().equals(modelType)).findFirst();
  }

  /** Names of all, for messages. */
  static String names() {
    return all().stream().map(DecoderFamily::modelType).collect(Collectors.joining(", "));
  }

  /** As in {@code config.json}. */
  String modelType();

  /** Reads a configuration, and refuses what the program does not compute. */
  TextConfig read(ConfigReader config);

  /**
   * A layer's tensors, in the order in which its program takes them.
   *
   * @param at what their names begin with
   */
  List<Weight> layer(TextConfig config, String at);

  /** The last norm's tensors. */
  List<Weight> finalNorm(TextConfig config);

  /** Whether the last norm subtracts the mean (LayerNorm) or not (RMSNorm). */
  boolean isLayerNorm();

  /** Whether the vocabulary's logits have a bias. */
  boolean hasHeadBias();

  LayerProgram program(TextConfig config);

  /**
   * Elements that a layer's program keeps of each row for its derivative: its input and what {@code
   * forward} returns.
   *
   * @param lean without the MLP's inner product
   */
  long keptOfRow(TextConfig config, boolean lean);

  /**
   * The program of a layer; see {@code DecoderLayer.py} for the methods that it has.
   *
   * @param attributes that it declares
   */
  record LayerProgram(String name, Map<String, ?> attributes) {}
}
