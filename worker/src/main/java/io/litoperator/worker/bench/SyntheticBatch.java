package io.litoperator.worker.bench;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.model.ModelConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

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

  /** Sequences of text alone, whose ends are supervised. */
  static List<Sample> ofText(int sequences, int text, int supervised, ModelConfig model) {
    SyntheticBatch batch = new SyntheticBatch(model, new Random(Bench.SEED));
    return Stream.generate(() -> batch.sample(batch.tokens(text), supervised, List.of()))
        .limit(sequences)
        .toList();
  }

  private Sample sample(int text, int supervised) {
    int[] tokens = new int[1 + text];
    tokens[0] = Sample.IMAGE;
    System.arraycopy(tokens(text), 0, tokens, 1, text);
    return sample(tokens, supervised, List.of(picture()));
  }

  private Sample sample(int[] tokens, int supervised, List<Pixels> pictures) {
    Fate[] fates = new Fate[tokens.length];
    Arrays.fill(fates, Fate.MASKED);
    Arrays.fill(fates, fates.length - supervised, fates.length, Fate.ANSWER);
    return new Sample("synthetic", tokens, fates, pictures);
  }

  private int[] tokens(int count) {
    int ids = Math.min(IDS, model.text().vocabularySize());
    return random.ints(count, 1, ids).toArray();
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
