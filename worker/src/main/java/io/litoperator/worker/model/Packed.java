package io.litoperator.worker.model;

import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Sequences laid one after the other, without padding, every picture expanded to its rows.
 *
 * @param rows tokens of all sequences, pictures' rows included
 * @param textIds ids of the tokens that are no picture's, at {@code textRows}
 * @param imageRows rows of the pictures, in the order of the sequences
 * @param positions of each row in its own sequence
 * @param runs count and length of each run of equally long sequences
 */
public record Packed(
    int rows, long[] textIds, long[] textRows, long[] imageRows, long[] positions, long[] runs) {

  /**
   * @param samples their fates are not looked at
   * @param imageTokens rows of a picture; {@link ModelConfig#imageTokens(Pixels)}
   */
  public static Packed of(List<Sample> samples, ToIntFunction<Pixels> imageTokens) {
    int[] lengths = samples.stream().mapToInt(s -> expandedLength(s, imageTokens)).toArray();
    int rows = Arrays.stream(lengths).sum();
    int texts = samples.stream().mapToInt(s -> s.tokens().length - s.pictures().size()).sum();
    Packed packed =
        new Packed(
            rows,
            new long[texts],
            new long[texts],
            new long[rows - texts],
            new long[rows],
            runs(lengths));
    packed.place(samples, imageTokens);
    return packed;
  }

  private void place(List<Sample> samples, ToIntFunction<Pixels> imageTokens) {
    int row = 0;
    int text = 0;
    int image = 0;
    for (Sample sample : samples) {
      int start = row;
      int picture = 0;
      for (int id : sample.tokens()) {
        if (id == Sample.IMAGE) {
          int end = row + imageTokens.applyAsInt(sample.pictures().get(picture++));
          while (row < end) {
            positions[row] = row - start;
            imageRows[image++] = row++;
          }
        } else {
          positions[row] = row - start;
          textIds[text] = id;
          textRows[text++] = row++;
        }
      }
    }
  }

  /** Length of a sample's sequence once its pictures are expanded. */
  public static int expandedLength(Sample sample, ToIntFunction<Pixels> imageTokens) {
    int expanded = sample.pictures().stream().mapToInt(imageTokens).sum();
    return sample.tokens().length - sample.pictures().size() + expanded;
  }

  private static long[] runs(int[] lengths) {
    List<long[]> runs = new ArrayList<>();
    for (long length : lengths) {
      long[] last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
      if (last != null && last[1] == length) {
        last[0]++;
      } else {
        runs.add(new long[] {1, length});
      }
    }
    return runs.stream().flatMapToLong(Arrays::stream).toArray();
  }

  /** The pictures of samples, in order. */
  public static List<Pixels> pictures(List<Sample> samples) {
    return samples.stream().flatMap(sample -> sample.pictures().stream()).toList();
  }

  /**
   * Pictures as one tensor (views, 3, side, side), in order; the caller closes it.
   *
   * @throws IllegalArgumentException if one has another size
   */
  public static Tensor pixels(List<Pixels> pictures, int side) {
    for (Pixels picture : pictures) {
      if (picture.height() != side || picture.width() != side) {
        throw new IllegalArgumentException(
            "a picture of %d×%d for a tower of %d×%d"
                .formatted(picture.width(), picture.height(), side, side));
      }
    }
    int views = pictures.stream().mapToInt(Pixels::views).sum();
    try (Tensor pixels = Tensor.host(DType.FLOAT32, views, 3, side, side)) {
      pixels.write(memory -> pictures.forEach(picture -> memory.put(picture.values())));
      return pixels.upload();
    }
  }
}
