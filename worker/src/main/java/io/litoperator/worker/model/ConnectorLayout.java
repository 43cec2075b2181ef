package io.litoperator.worker.model;

import static io.litoperator.worker.model.Init.ZEROS;
import static io.litoperator.worker.model.Init.normal;

import io.litoperator.worker.plan.ModelPart;
import java.util.List;
import java.util.Optional;

/** The blocks between the tower and the language model. */
final class ConnectorLayout {
  private ConnectorLayout() {}

  static Block connector(ModelConfig config) {
    long hidden = config.text().hiddenSize();
    Init matrix = normal(config.text().initializerRange());
    String at = "multi_modal_projector.";
    return new Block(
        "connector",
        ModelPart.CONNECTOR,
        true,
        List.of(
            Weight.of(at + "linear_1.weight", matrix, hidden, config.vision().hiddenSize()),
            Weight.of(at + "linear_1.bias", ZEROS, hidden),
            Weight.of(at + "linear_2.weight", matrix, hidden, hidden),
            Weight.of(at + "linear_2.bias", ZEROS, hidden)));
  }

  /**
   * A tensor of the connector as torch's {@code Linear} starts it, which is how LLaVA's does:
   * {@code build_vision_projector} comes after {@code from_pretrained}. The newline stays.
   */
  static Weight.Part uniform(Weight.Part part, ModelConfig config) {
    if (part.name().equals("image_newline")) {
      return part;
    }
    int in =
        part.name().contains("linear_1")
            ? config.vision().hiddenSize()
            : config.text().hiddenSize();
    return new Weight.Part(part.name(), new Init.Uniform(1 / Math.sqrt(in)), part.shape());
  }

  /** What ends a row of patches under anyres; LLaVA-NeXT draws it when the fine-tune starts. */
  static Optional<Block> newline(ModelConfig config) {
    long hidden = config.text().hiddenSize();
    return config.gridPinpoints().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Block(
                "newline",
                ModelPart.CONNECTOR,
                true,
                List.of(Weight.of("image_newline", normal(1 / Math.sqrt(hidden)), hidden))));
  }
}
