package io.litoperator.worker.distributed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class AloneTest {
  @Test
  void leavesEverythingAsItIs() {
    FloatBuffer buffer = ByteBuffer.allocateDirect(8).asFloatBuffer().put(0, 3f);
    double[] values = {1, 2};
    try (Collective alone = new Alone()) {
      alone.allReduce(buffer).await();
      alone.allReduce(values);
      alone.barrier();

      assertThat(buffer.get(0)).isEqualTo(3f);
      assertThat(values).containsExactly(1, 2);
      assertThat(alone.allGather(new byte[] {7})).isDeepEqualTo(new byte[][] {{7}});
    }
  }
}
