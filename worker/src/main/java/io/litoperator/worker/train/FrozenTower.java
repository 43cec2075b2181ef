package io.litoperator.worker.train;

import io.litoperator.worker.data.KeptFeatures;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.digest.Sha256;
import io.litoperator.worker.features.FeatureFiles;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Packed;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Segment;
import io.litoperator.worker.model.VisionConfig;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A vision tower that does not train. With a folder, no picture goes through it twice: each is
 * computed by itself, so that its features do not depend, even in their last bit, on which others
 * were there already.
 */
final class FrozenTower implements AutoCloseable {
  private final VisionLanguageModel model;
  private final BlockWeights weights;
  private final Optional<FeatureFiles> files;
  private long views;

  /**
   * @param files opens those of a tower, by its digest; needs weights that are whole on every rank
   */
  FrozenTower(
      VisionLanguageModel model,
      BlockWeights weights,
      Optional<Function<String, FeatureFiles>> files) {
    this.model = model;
    this.weights = weights;
    this.files = files.map(open -> open.apply(digest(model)));
  }

  /** Features (views, positions, hidden) of pictures, in order; the caller closes them. */
  Tensor see(List<Pixels> pictures) {
    return files.isPresent() ? remembered(pictures, files.get()) : compute(pictures);
  }

  /**
   * The sample with what is kept of its pictures, so that {@link #see} need not read it; in any
   * thread.
   */
  Sample lookUp(Sample sample) {
    return files
        .map(
            kept ->
                sample.with(sample.pictures().stream().map(p -> p.with(find(p, kept))).toList()))
        .orElse(sample);
  }

  /** Views that have been computed so far. */
  long views() {
    return views;
  }

  /** Returns when all features that were computed are kept. */
  @Override
  public void close() {
    files.ifPresent(FeatureFiles::close);
  }

  private Tensor compute(List<Pixels> pictures) {
    views += pictures.stream().mapToInt(Pixels::views).sum();
    Tensor x = Packed.pixels(pictures, model.config().vision().imageSize());
    for (Segment segment : model.tower()) {
      try (Tensor before = x) {
        x = segment.forward(before, weights.of(segment.block()));
      }
    }
    return x;
  }

  private Tensor remembered(List<Pixels> pictures, FeatureFiles kept) {
    VisionConfig vision = model.config().vision();
    int views = pictures.stream().mapToInt(Pixels::views).sum();
    DType type = model.parameters().type();
    try (Tensor all = Tensor.host(type, views, vision.positions(), vision.hiddenSize())) {
      int view = 0;
      for (Pixels picture : pictures) {
        try (Tensor mine = all.slice(view, view + picture.views())) {
          fill(mine, picture, kept);
        }
        view += picture.views();
      }
      return all.upload();
    }
  }

  private void fill(Tensor features, Pixels picture, FeatureFiles kept) {
    KeptFeatures found = picture.features().orElseGet(() -> find(picture, kept));
    if (found.content().isPresent()) {
      features.memory().put(found.content().get().duplicate());
      return;
    }
    try (Tensor computed = compute(List.of(picture))) {
      features.copyFrom(computed);
    }
    kept.write(found.key(), features.memory());
  }

  private KeptFeatures find(Pixels picture, FeatureFiles kept) {
    VisionConfig vision = model.config().vision();
    int values = picture.views() * vision.positions() * vision.hiddenSize();
    ByteBuffer content = ByteBuffer.allocate(values * model.parameters().type().bytes());
    String key = digest(picture);
    return new KeptFeatures(key, kept.read(key, content) ? Optional.of(content) : Optional.empty());
  }

  private static String digest(Pixels picture) {
    ByteBuffer bytes = ByteBuffer.allocate(picture.values().length * Float.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(picture.values());
    MessageDigest digest = Sha256.start();
    digest.update(bytes);
    return Sha256.hex(digest);
  }

  /** Of the tower's shape, its number format, and its weights. */
  private static String digest(VisionLanguageModel model) {
    Parameters parameters = model.parameters();
    MessageDigest digest = Sha256.start();
    digest.update(
        "%s %s"
            .formatted(model.config().vision(), parameters.type())
            .getBytes(StandardCharsets.UTF_8));
    for (Segment segment : model.tower()) {
      Block block = segment.block();
      try (Tensor weights = parameters.memory(block);
          Tensor onHost = weights.hostCopy(parameters.type())) {
        onHost.pieces().forEach(digest::update);
      }
    }
    return Sha256.hex(digest);
  }
}
