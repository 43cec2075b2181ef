package io.litoperator.worker.distributed;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HostMemoryTest {
  @BeforeAll
  static void start() {
    Torch.start(1);
  }

  @Test
  void viewsAreTheValuesAcrossThePiecesOfALongTensor() {
    try (Tensor tensor = Tensor.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 10)) {
      HostMemory memory = HostMemory.of(tensor, 3 * Float.BYTES);

      List<ByteBuffer> views = memory.views(1, 6);

      assertThat(views).extracting(view -> view.limit() / Float.BYTES).containsExactly(2, 3, 1);
      List<Float> values = new ArrayList<>();
      for (ByteBuffer view : views) {
        FloatBuffer floats = view.asFloatBuffer();
        while (floats.hasRemaining()) {
          values.add(floats.get());
        }
        view.putFloat(0, -1);
      }
      assertThat(values).containsExactly(1f, 2f, 3f, 4f, 5f, 6f);
      assertThat(tensor.toFloats()).containsExactly(0, -1, 2, -1, 4, 5, -1, 7, 8, 9);
      assertThat(memory.views(4, 0)).isEmpty();
    }
  }
}
