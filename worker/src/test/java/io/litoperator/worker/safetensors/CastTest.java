package io.litoperator.worker.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.Failure;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CastTest {
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F16", "BF16"})
  void everyValueOfAHalfSurvivesThroughFp32(DType half) {
    ByteBuffer all = ByteBuffer.allocate(1 << 17).order(ByteOrder.LITTLE_ENDIAN);
    for (int bits = 0; bits < 1 << 16; bits++) {
      all.putShort((short) bits);
    }
    NamedTensor tensor = NamedTensor.of("t", half, new long[] {1 << 16}, all.flip());

    ByteBuffer back = content(Cast.to(half, Cast.to(DType.F32, tensor)));

    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = value(half, (short) bits);
      if (Float.isNaN(value)) {
        assertThat(value(half, back.getShort(2 * bits))).isNaN();
      } else {
        assertThat(back.getShort(2 * bits)).isEqualTo((short) bits);
      }
    }
  }

  @Property
  void theNearestIsChosen(@ForAll float value) {
    for (DType half : List.of(DType.F16, DType.BF16)) {
      float limit = half == DType.F16 ? 65519 : 3.3895e38f;
      if (Math.abs(value) < limit) {
        short bits = content(Cast.to(half, tensor(value))).getShort(0);
        double error = Math.abs((double) value(half, bits) - value);
        for (short neighbour : new short[] {(short) (bits + 1), (short) (bits - 1)}) {
          float other = value(half, neighbour);
          assertThat(Float.isFinite(other) ? Math.abs((double) other - value) : error)
              .isGreaterThanOrEqualTo(error);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "F16, 1.00048828125, 0x3c00", // halfway: to the even one below
    "F16, 1.00146484375, 0x3c02", // halfway: to the even one above
    "F16, 65519.996, 0x7bff",
    "F16, 5.9604645e-8, 0x0001",
    "F16, 2.9802322e-8, 0x0000",
    "F16, -0.0, 0x8000",
    "F16, Infinity, 0x7c00",
    "BF16, 1.00390625, 0x3f80",
    "BF16, 1.01171875, 0x3f82"
  })
  void aValueIsRoundedAsIeeeSays(DType half, float value, String bits) {
    assertThat(content(Cast.to(half, tensor(value))).getShort(0))
        .isEqualTo((short) (int) Integer.decode(bits));
  }

  @Test
  void aValueThatDoesNotFitIsRefusedByItsTensor() {
    NamedTensor large = Cast.to(DType.F16, tensor(70_000));

    assertThatThrownBy(() -> content(large))
        .isInstanceOf(Failure.class)
        .hasMessage("Tensor t holds 70000.0, for which F16 has no room; choose bf16 or fp32.");
  }

  @Test
  void rowsMayCrossPieces() {
    List<ByteBuffer> pieces = List.of(bytes(1, 2, 3, 4), bytes(5), bytes(6, 7, 8, 9));
    NamedTensor tensor = new NamedTensor("t", DType.F32, new long[] {3, 3}, pieces);
    List<String> rows = new ArrayList<>();

    FloatRows.forEach(tensor, 3, row -> rows.add(Arrays.toString(row)));

    assertThat(rows).containsExactly("[1.0, 2.0, 3.0]", "[4.0, 5.0, 6.0]", "[7.0, 8.0, 9.0]");
  }

  private static NamedTensor tensor(float... values) {
    return NamedTensor.of("t", DType.F32, new long[] {values.length}, bytes(values));
  }

  private static ByteBuffer bytes(float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }

  private static float value(DType half, short bits) {
    FloatBuffer value = FloatBuffer.allocate(1);
    ByteBuffer bytes = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort(0, bits);
    Floats.decode(half, bytes, value);
    return value.get(0);
  }

  private static ByteBuffer content(NamedTensor tensor) {
    ByteBuffer all =
        ByteBuffer.allocate(Math.toIntExact(tensor.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    tensor.data().forEach(all::put);
    return all.flip();
  }
}
