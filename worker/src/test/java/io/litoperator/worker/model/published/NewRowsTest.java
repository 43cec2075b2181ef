package io.litoperator.worker.model.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.NamedTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NewRowsTest {
  private static final int ROWS = 300;
  private static final int WIDTH = 3;

  /** Correlated, with means far from zero. */
  private static final float[][] EMBEDDING = embedding();

  @Test
  void drawnRowsHaveTheMeanAndAHundredThousandthOfTheCovariance() {
    int count = 4000;
    float[][] drawn = NewRows.sample(tensor(), count, 7);

    for (int i = 0; i < WIDTH; i++) {
      assertThat(mean(drawn, i)).isCloseTo(mean(EMBEDDING, i), within(5e-4));
      for (int j = 0; j < WIDTH; j++) {
        double expected = 1e-5 * covariance(EMBEDDING, i, j);
        double scale = 1e-5 * Math.sqrt(covariance(EMBEDDING, i, i) * covariance(EMBEDDING, j, j));
        assertThat(covariance(drawn, i, j)).isCloseTo(expected, within(0.1 * scale));
      }
    }
  }

  @Test
  void aSeedGivesTheSameRows() {
    assertThat(NewRows.sample(tensor(), 2, 7)).isDeepEqualTo(NewRows.sample(tensor(), 2, 7));
    assertThat(NewRows.sample(tensor(), 2, 7)[0]).isNotEqualTo(NewRows.sample(tensor(), 2, 8)[0]);
  }

  @Test
  void appendedRowsLieBelowInTheTensorsType() {
    NamedTensor tensor =
        NamedTensor.of(
            "t", DType.BF16, new long[] {1, 2}, ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));

    NamedTensor grown = NewRows.append(tensor, NewRows.below(tensor, new float[][] {{1, 2}}));

    assertThat(grown.shape()).containsExactly(2, 2);
    ByteBuffer all = ByteBuffer.allocate(8);
    grown.data().forEach(all::put);
    assertThat(all.array()).containsExactly(1, 2, 3, 4, 0x80, 0x3f, 0, 0x40);
  }

  private static float[][] embedding() {
    Random random = new Random(1);
    float[][] rows = new float[ROWS][WIDTH];
    for (float[] row : rows) {
      double shared = random.nextGaussian();
      row[0] = (float) (5 + shared);
      row[1] = (float) (-3 + shared + 0.1 * random.nextGaussian());
      row[2] = (float) (0.5 * random.nextGaussian());
    }
    return rows;
  }

  private static NamedTensor tensor() {
    ByteBuffer bytes =
        ByteBuffer.allocate(ROWS * WIDTH * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : EMBEDDING) {
      for (float value : row) {
        bytes.putFloat(value);
      }
    }
    return NamedTensor.of("t", DType.F32, new long[] {ROWS, WIDTH}, bytes.flip());
  }

  private static double mean(float[][] rows, int i) {
    double sum = 0;
    for (float[] row : rows) {
      sum += row[i];
    }
    return sum / rows.length;
  }

  private static double covariance(float[][] rows, int i, int j) {
    double sum = 0;
    double meanOfI = mean(rows, i);
    double meanOfJ = mean(rows, j);
    for (float[] row : rows) {
      sum += (row[i] - meanOfI) * (row[j] - meanOfJ);
    }
    return sum / rows.length;
  }
}
