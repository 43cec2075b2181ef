package io.litoperator.worker.bench;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.model.ModelConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Random samples of a given shape: pixels from N(0, 1), token ids uniform. */
final class SyntheticBatch {
  /** Ids lie below this, away from the special tokens that vocabularies keep at their end. */
  private static final int IDS = 40_000;

  private final ModelConfig model;
  private final Random random;

  private SyntheticBatch(ModelConfig model, Random random) {
    this.model = model;
    this.random = random;
  }

  static List<Sample> of(BatchShape shape, ModelConfig model, long seed) {
    SyntheticBatch batch = new SyntheticBatch(model, new Random(seed));
    return shape.lengths().stream()
        .map(length -> batch.sample(length, shape.supervised(length)))
        .toList();
  }

  private Sample sample(int text, int supervised) {
    int[] tokens = new int[1 + text];
    Fate[] fates = new Fate[1 + text];
    Arrays.fill(fates, Fate.MASKED);
    Arrays.fill(fates, fates.length - supervised, fates.length, Fate.ANSWER);
    tokens[0] = Sample.IMAGE;
    for (int i = 1; i <= text; i++) {
      tokens[i] = random.nextInt(1, Math.min(IDS, model.text().vocabularySize()));
    }
    return new Sample("synthetic", tokens, fates, List.of(picture()));
  }

  private Pixels picture() {
    int side = model.vision().imageSize();
    float[] values = new float[3 * side * side];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new Pixels(side, side, values);
  }
}
