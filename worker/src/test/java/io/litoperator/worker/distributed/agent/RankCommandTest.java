package io.litoperator.worker.distributed.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.plan.TopologyPlan.Precision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RankCommandTest {
  @Test
  void ranksOfThisProgramGetSettingsOfMemory() {
    assertThat(RankCommand.java("Any").environment())
        .containsEntry("MALLOC_ARENA_MAX", "1")
        .containsEntry("MALLOC_TRIM_THRESHOLD_", String.valueOf(128 << 20))
        .containsEntry("MALLOC_MMAP_THRESHOLD_", String.valueOf(32 << 20))
        .containsEntry(
            "GLIBC_TUNABLES",
            "glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0:glibc.malloc.hugetlb=1")
        .containsEntry("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")
        .containsEntry("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")
        .hasSize(6);
  }

  @Test
  void ranksMayComputeInTf32WhereTheyAreTo() {
    RankCommand any = RankCommand.java("Any");

    assertThat(any.in(Precision.TF32).environment())
        .containsAllEntriesOf(any.environment())
        .containsEntry("TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", "1");
    assertThat(any.in(Precision.FP32)).isEqualTo(any);
    assertThat(any.in(Precision.BF16)).isEqualTo(any);
  }

  @Test
  void whatAUserHasSetStays() {
    RankCommand command = new RankCommand(List.of("any"), Map.of("SET", "ours", "UNSET", "ours"));
    Map<String, String> variables = new HashMap<>(Map.of("SET", "theirs"));

    command.addTo(variables);

    assertThat(variables).containsOnly(Map.entry("SET", "theirs"), Map.entry("UNSET", "ours"));
  }
}
