package io.litoperator.worker.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.function.Consumer;

/** A tensor's values in fp32, row by row. */
public final class FloatRows {
  private FloatRows() {}

  /**
   * Calls with every row in turn; the array is the same each time.
   *
   * @param width elements of a row
   * @throws io.litoperator.worker.failure.Failure {@code BAD_DATA} if the tensor is not of a
   *     floating type
   */
  public static void forEach(NamedTensor tensor, int width, Consumer<float[]> visitor) {
    float[] row = new float[width];
    int filled = 0;
    for (ByteBuffer piece : Cast.to(DType.F32, tensor).data()) {
      FloatBuffer values = piece.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      while (values.hasRemaining()) {
        int length = Math.min(width - filled, values.remaining());
        values.get(row, filled, length);
        filled += length;
        if (filled == width) {
          visitor.accept(row);
          filled = 0;
        }
      }
    }
  }
}
