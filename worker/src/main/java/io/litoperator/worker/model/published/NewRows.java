package io.litoperator.worker.model.published;

import io.litoperator.worker.safetensors.Cast;
import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.FloatRows;
import io.litoperator.worker.safetensors.NamedTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Rows for new tokens, as transformers' converter of LLaVA makes them: drawn from a normal
 * distribution with the mean of the embedding's rows and 1e-5 times their covariance. A draw is a
 * sum of the centred rows with normal weights, so that the covariance is never written down, and
 * the embedding is passed once.
 */
public final class NewRows {
  private static final double VARIANCE = 1e-5;

  private final float[][] sums;
  private final double[] weights;
  private final double[] mean;
  private final Random random;
  private long rows;

  private NewRows(int width, int count, long seed) {
    sums = new float[count][width];
    weights = new double[count];
    mean = new double[width];
    random = new Random(seed);
  }

  /**
   * Draws rows (count, width).
   *
   * @param embedding (vocabulary, width), of a floating type
   */
  public static float[][] sample(NamedTensor embedding, int count, long seed) {
    int width = Math.toIntExact(embedding.shape()[1]);
    NewRows drawn = new NewRows(width, count, seed);
    FloatRows.forEach(embedding, width, drawn::add);
    return drawn.finish();
  }

  /** Rows in a tensor's type, as one to go below it. */
  static NamedTensor below(NamedTensor tensor, float[][] rows) {
    ByteBuffer added =
        ByteBuffer.allocate(rows.length * rows[0].length * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : rows) {
      added.asFloatBuffer().put(row);
      added.position(added.position() + row.length * Float.BYTES);
    }
    return Cast.to(
        tensor.dtype(),
        NamedTensor.of(
            tensor.name(), DType.F32, new long[] {rows.length, rows[0].length}, added.flip()));
  }

  /** A tensor with another below its own rows. */
  static NamedTensor append(NamedTensor tensor, NamedTensor below) {
    long[] shape = tensor.shape();
    shape[0] += below.shape()[0];
    return new NamedTensor(
        tensor.name(),
        tensor.dtype(),
        shape,
        () ->
            Stream.of(tensor, below)
                .flatMap(part -> StreamSupport.stream(part.data().spliterator(), false))
                .iterator());
  }

  private void add(float[] row) {
    for (int j = 0; j < row.length; j++) {
      mean[j] += row[j];
    }
    for (int k = 0; k < sums.length; k++) {
      double weight = random.nextGaussian();
      weights[k] += weight;
      float factor = (float) weight;
      float[] sum = sums[k];
      for (int j = 0; j < row.length; j++) {
        sum[j] += factor * row[j];
      }
    }
    rows++;
  }

  private float[][] finish() {
    double scale = Math.sqrt(VARIANCE / rows);
    for (int k = 0; k < sums.length; k++) {
      for (int j = 0; j < mean.length; j++) {
        double centre = mean[j] / rows;
        sums[k][j] = (float) (centre + scale * (sums[k][j] - weights[k] * centre));
      }
    }
    return sums;
  }
}
