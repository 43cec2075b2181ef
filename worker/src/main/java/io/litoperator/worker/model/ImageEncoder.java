package io.litoperator.worker.model;

import io.litoperator.worker.data.Sample;
import io.litoperator.worker.torch.Tensor;
import java.util.Arrays;
import java.util.List;

/** Tower, connector and arrangement without gradients; each picture is seen once. */
final class ImageEncoder {
  private final VisionLanguageModel model;
  private final ModelConfig config;
  private final InferenceWeights weights;

  ImageEncoder(VisionLanguageModel model, InferenceWeights weights) {
    this.model = model;
    this.weights = weights;
    config = model.config();
  }

  /** Image tokens (image tokens, hidden) of the samples' pictures, in order. */
  Tensor encode(List<Sample> samples) {
    DistinctPictures pictures = DistinctPictures.of(Packed.pictures(samples));
    try (Tensor pixels = Packed.pixels(pictures.distinct(), config.vision().imageSize())) {
      Tensor features = features(pixels);
      return arranged(samples, pictures.areAll() ? features : repeated(features, pictures));
    }
  }

  /** What the connector makes of views (views · rows of a view, hidden). */
  private Tensor features(Tensor pixels) {
    long viewRows = config.imageTokens();
    long[] positions = new long[(int) pixels.shape()[0]];
    Arrays.fill(positions, config.vision().positions());
    Tensor features =
        Tensor.empty(
            model.parameters().type(), positions.length * viewRows, config.text().hiddenSize());
    for (Chunk chunk : Chunk.of(positions)) {
      try (Tensor some = features(pixels, chunk);
          Tensor place = features.slice(chunk.from() * viewRows, chunk.to() * viewRows)) {
        place.copyFrom(some);
      }
    }
    return features;
  }

  private Tensor features(Tensor pixels, Chunk views) {
    Tensor x = pixels.slice(views.from(), views.to());
    for (Segment segment : model.tower()) {
      x = run(segment, x);
    }
    return run(model.connector(), x);
  }

  private Tensor repeated(Tensor features, DistinctPictures pictures) {
    try (features;
        Tensor rows = Tensor.of(pictures.rows(config.imageTokens()))) {
      return model.head().select(features, rows);
    }
  }

  private Tensor arranged(List<Sample> samples, Tensor features) {
    return model.arrangement(samples).map(segment -> run(segment, features)).orElse(features);
  }

  private Tensor run(Segment segment, Tensor x) {
    try (x) {
      return segment.forward(x, weights.of(segment.block()));
    }
  }
}
