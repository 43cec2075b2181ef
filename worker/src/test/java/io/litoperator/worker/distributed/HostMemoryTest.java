package io.litoperator.worker.distributed;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HostMemoryTest {
  @BeforeAll
  static void start() {
    Torch.start(1);
  }

  @Test
  void readsAndWritesAcrossThePiecesOfALongTensor() {
    try (Tensor tensor = Tensor.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 10)) {
      HostMemory memory = HostMemory.of(tensor, 3 * Float.BYTES);
      ByteBuffer buffer = ByteBuffer.allocateDirect(40).order(ByteOrder.nativeOrder());

      memory.read(1, 8, buffer);
      assertThat(buffer.position()).isEqualTo(32);
      for (int i = 0; i < 8; i++) {
        assertThat(buffer.getFloat(i * Float.BYTES)).isEqualTo(1 + i);
      }
      memory.write(2, 5, buffer.rewind());

      assertThat(tensor.toFloats()).containsExactly(0, 1, 1, 2, 3, 4, 5, 7, 8, 9);
    }
  }
}
