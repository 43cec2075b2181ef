package io.litoperator.worker.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * On machines with a GPU, {@code -Dlit.device=cuda}; one GPU cannot hold two ranks of a process.
 * See {@link NcclProcessesTest}.
 */
@EnabledIfSystemProperty(named = "lit.device", matches = "cuda")
class NcclCollectiveTest extends CollectiveContract {
  @Override
  List<NcclCollective> connect(int worldSize, Duration patience) {
    return List.of(NcclCollective.join(new Alone(), 0, new Patience(patience)));
  }

  @Override
  int largestWorld() {
    return 1;
  }

  @Test
  void sumsWaitForWhatTorchWasAskedForBefore() {
    try (NcclCollective rank =
            NcclCollective.join(new Alone(), 0, new Patience(Duration.ofSeconds(30)));
        Tensor values = Tensor.zeros(DType.FLOAT32, 1 << 26);
        Tensor ones = Tensor.of(new float[] {1}, 1)) {
      for (int i = 0; i < 20; i++) {
        values.copyFrom(ones);
        rank.allReduce(values).await();
      }
      assertThat(values.toFloats()).containsOnly(1);
    }
  }

  @Test
  void aClosedOneRefuses() {
    NcclCollective rank = NcclCollective.join(new Alone(), 0, new Patience(Duration.ofSeconds(30)));
    rank.close();
    try (Tensor values = Tensor.zeros(DType.FLOAT32, 4)) {
      assertThatThrownBy(() -> rank.allReduce(values)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aRankThatDoesNotComeIsToldOf() {
    Collective firstOfTwo =
        Collectives.intercepting(
            new Alone(), call -> call.name().equals("worldSize") ? 2 : call.proceed());
    assertThatThrownBy(
            () -> NcclCollective.join(firstOfTwo, 0, new Patience(Duration.ofSeconds(2))))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.PEER_LOST))
        .hasMessageContaining("Rank 0 failed in NCCL's joining 2 ranks: no answer within 2 s")
        .hasMessageContaining("NCCL_DEBUG=INFO");
  }
}
