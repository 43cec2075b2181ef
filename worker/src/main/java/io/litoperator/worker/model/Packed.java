package io.litoperator.worker.model;

import io.litoperator.worker.data.Sample;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
   * @param sequences token ids; {@link Sample#IMAGE} stands for a picture
   * @param imageTokens rows of a picture
   */
  public static Packed of(List<int[]> sequences, int imageTokens) {
    int rows = sequences.stream().mapToInt(s -> expandedLength(s, imageTokens)).sum();
    int pictures =
        (int) sequences.stream().flatMapToInt(Arrays::stream).filter(Packed::isImage).count();
    long[] positions = new long[rows];
    long[] imageRows = new long[pictures * imageTokens];
    long[] textIds = new long[rows - imageRows.length];
    long[] textRows = new long[textIds.length];
    int row = 0;
    int text = 0;
    int image = 0;
    for (int[] sequence : sequences) {
      int start = row;
      for (int id : sequence) {
        if (isImage(id)) {
          for (int i = 0; i < imageTokens; i++) {
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
    return new Packed(rows, textIds, textRows, imageRows, positions, runs(sequences, imageTokens));
  }

  /** Length of a sequence once its pictures are expanded. */
  public static int expandedLength(int[] sequence, int imageTokens) {
    int length = sequence.length;
    for (int id : sequence) {
      if (isImage(id)) {
        length += imageTokens - 1;
      }
    }
    return length;
  }

  private static boolean isImage(int id) {
    return id == Sample.IMAGE;
  }

  private static long[] runs(List<int[]> sequences, int imageTokens) {
    List<long[]> runs = new ArrayList<>();
    for (int[] sequence : sequences) {
      long length = expandedLength(sequence, imageTokens);
      long[] last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
      if (last != null && last[1] == length) {
        last[0]++;
      } else {
        runs.add(new long[] {1, length});
      }
    }
    return runs.stream().flatMapToLong(Arrays::stream).toArray();
  }

  /**
   * The samples' pictures as one tensor (pictures, 3, side, side), in order; the caller closes it.
   */
  public static Tensor pixels(List<Sample> samples, int side) {
    List<float[]> pictures =
        samples.stream().flatMap(s -> s.picture().stream()).map(p -> p.values()).toList();
    Tensor pixels = Tensor.empty(DType.FLOAT32, pictures.size(), 3, side, side);
    if (!pictures.isEmpty()) {
      FloatBuffer memory = pixels.floats();
      pictures.forEach(memory::put);
    }
    return pixels;
  }
}
