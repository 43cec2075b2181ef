package io.litoperator.e2e.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whose the fields of a job's objects are, by the API server's word. */
@Timeout(120)
class FieldManagersIT {
  @TempDir Path folder;

  /** Those that are created too: the next operator must be able to take their fields back. */
  @Test
  void allThatTheOperatorWritesIsItsOwnByOneName() throws IOException {
    try (LoadBench bench = LoadBench.start(LoadBench.REPOSITORY, folder)) {
      bench.create("job");
      bench.awaitAll("job", "told", job -> job.getStatus().phase() != null);

      List<HasMetadata> objects = bench.objects();
      assertThat(objects)
          .extracting(HasMetadata::getKind)
          .contains("ConfigMap", "Event", "Lease", "NetworkPolicy", "Pod", "Secret", "Service")
          .contains("ServiceAccount");
      assertThat(objects)
          .allSatisfy(
              object ->
                  assertThat(object.getMetadata().getManagedFields())
                      .as(object.getKind())
                      .extracting(ManagedFieldsEntry::getManager)
                      .containsOnly("lit-operator"));
    }
  }
}
