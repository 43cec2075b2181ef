package io.litoperator.e2e.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whose the fields of a job's objects are, by the API server's word. */
@Timeout(120)
class FieldManagersIT {
  private static final List<String> WRITTEN =
      List.of(
          "ConfigMap",
          "Event",
          "Lease",
          "NetworkPolicy",
          "Pod",
          "Secret",
          "Service",
          "ServiceAccount");

  @TempDir Path folder;

  /** Those that are created too: the next operator must be able to take their fields back. */
  @Test
  void allThatTheOperatorWritesIsItsOwnByOneName() throws IOException {
    try (LoadBench bench = LoadBench.start(LoadBench.REPOSITORY, folder)) {
      bench.create("job");
      bench.awaitAll("job", "told", job -> true);

      // Events follow the status that they tell of.
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(kinds(bench.objects())).containsAll(WRITTEN));
      assertThat(bench.objects())
          .allSatisfy(
              object ->
                  assertThat(object.getMetadata().getManagedFields())
                      .as(object.getKind())
                      .extracting(ManagedFieldsEntry::getManager)
                      .containsOnly("lit-operator"));
    }
  }

  private static List<String> kinds(List<HasMetadata> objects) {
    return objects.stream().map(HasMetadata::getKind).toList();
  }
}
