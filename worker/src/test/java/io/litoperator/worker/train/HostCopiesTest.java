package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tensors of which some lie in several chunks. */
class HostCopiesTest {
  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  @Test
  void copiesAreWhatWasCopiedAndMayBeReadAgain() {
    try (HostCopies copies = new HostCopies()) {
      for (int round = 1; round <= 2; round++) {
        copies.restart();
        NamedTensor first = added(copies, "first", 200_000, round);
        NamedTensor second = added(copies, "second", 900_000, 7 * round);
        NamedTensor third = added(copies, "third", 5, 9 * round);
        for (int reading = 0; reading < 2; reading++) {
          assertThat(content(first, 200_000)).isEqualTo(values(200_000, round));
          assertThat(content(second, 900_000)).isEqualTo(values(900_000, 7 * round));
          assertThat(content(third, 5)).isEqualTo(values(5, 9 * round));
        }
      }
    }
  }

  @Test
  void whatIsReservedIsUsed() {
    try (HostCopies copies = new HostCopies()) {
      copies.reserve(1_000_000);
      NamedTensor only = added(copies, "only", 1_000_000, 3);
      assertThat(content(only, 1_000_000)).isEqualTo(values(1_000_000, 3));
    }
  }

  private static NamedTensor added(HostCopies copies, String name, int size, int from) {
    try (Tensor tensor = Tensor.of(values(size, from), size)) {
      copies.add(name, tensor);
    }
    return copies.named(name, size);
  }

  private static float[] content(NamedTensor tensor, int size) {
    FloatBuffer all = FloatBuffer.allocate(size);
    for (ByteBuffer piece : tensor.data()) {
      all.put(piece.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());
      piece.position(piece.limit());
    }
    return all.array();
  }

  private static float[] values(int size, int from) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = from + i;
    }
    return values;
  }
}
