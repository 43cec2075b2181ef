package io.litoperator.worker.checkpoint;

import static io.litoperator.worker.checkpoint.Snapshots.finetune;
import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.s3.S3Connection;
import io.litoperator.worker.s3.S3Server;
import io.litoperator.worker.s3.StoredObject;
import io.litoperator.worker.transfer.FaultyProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** An attempt keeps account of what is in the bucket, and somebody else changes it. */
class BucketInventoryTest extends BucketStores {
  /**
   * Of an attempt that goes on where another was: it looks once at what is there. Then it sends the
   * seven files, before them and before the manifest looks who may write, and so before it removes.
   */
  @Test
  void aSaveAsksForNothingThatIsKnown() {
    Snapshots.save(here, Snapshots.of(finetune(1)));
    Snapshots.save(here, Snapshots.of(finetune(2)));
    try (FaultyProxy proxy = FaultyProxy.to(server.port());
        S3Connection watched = S3Server.connect(proxy.port(), Duration.ofSeconds(10))) {
      AttemptStore attempt = store(watched.bucket(S3Server.BUCKET), "elsewhere").of(1, "pod");
      saveAndPrune(attempt, 3);
      assertThat(requests(proxy)).isEqualTo(Map.of("LIST", 3L, "GET", 5L, "PUT", 7L, "DELETE", 8L));

      for (int step = 4; step <= 6; step++) {
        saveAndPrune(attempt, step);
        assertThat(requests(proxy)).isEqualTo(Map.of("GET", 3L, "PUT", 7L, "DELETE", 8L));
      }
    }
    assertThat(here.list()).containsExactly(finetune(6), finetune(5));
  }

  private static void saveAndPrune(AttemptStore attempt, int step) {
    Snapshots.save(attempt, Snapshots.of(finetune(step)));
    attempt.prune(2, Set.of(), none());
  }

  private static Map<String, Long> requests(FaultyProxy proxy) {
    return proxy.takeRequests().stream()
        .map(request -> request.contains("list-type=") ? "LIST" : request.split(" ")[0])
        .collect(Collectors.groupingBy(kind -> kind, Collectors.counting()));
  }

  @Test
  void whatSomebodyRemovesBetweenSavesEndsNothing() throws IOException {
    AttemptStore attempt = here.of(1, "pod");
    saveAndPrune(attempt, 1);
    saveAndPrune(attempt, 2);
    remove(finetune(2));

    saveAndPrune(attempt, 3);
    assertThat(elsewhere.newestVerified(none())).contains(finetune(3));
    saveAndPrune(attempt, 4);
    assertThat(elsewhere.list()).containsExactly(finetune(4), finetune(3));
    assertThat(bucket.list(job.key() + "/finetune-1/")).isEmpty();
  }

  @Test
  void whatSomebodyRemovesIsSentAgainWhenItsStepIsSavedAgain() throws IOException {
    AttemptStore attempt = here.of(1, "pod");
    saveAndPrune(attempt, 1);
    bucket.delete(job.key() + "/finetune-1/config.json");

    saveAndPrune(attempt, 1);

    assertThat(elsewhere.newestVerified(none())).contains(finetune(1));
  }

  private void remove(CheckpointId id) throws IOException {
    for (StoredObject object : bucket.list(job.key() + "/" + id + "/")) {
      bucket.delete(object.key());
    }
  }

  /** Files of an earlier attempt that had more ranks. */
  @Test
  void whatWasOverwrittenGoesToo() throws IOException {
    Snapshots.save(here, Snapshots.of(finetune(1)));
    bucket.write(job.key() + "/finetune-1/optimizer-7.safetensors", bytes("stale"));
    AttemptStore attempt = elsewhere.of(1, "pod");

    for (int step = 1; step <= 3; step++) {
      saveAndPrune(attempt, step);
    }

    assertThat(bucket.list(job.key() + "/finetune-1")).isEmpty();
  }

  /** As where an attempt on a machine that nobody reaches had sent it in the meantime. */
  @Test
  void aManifestThatIsNotKnownOfIsGoneBeforeFilesAreSent() throws IOException {
    try (FaultyProxy proxy = FaultyProxy.to(server.port());
        S3Connection watched = S3Server.connect(proxy.port(), Duration.ofSeconds(10))) {
      AttemptStore attempt = store(watched.bucket(S3Server.BUCKET), "here").of(1, "pod");
      saveAndPrune(attempt, 1);
      Snapshots.save(elsewhere, Snapshots.of(finetune(2), 20, Snapshots.SHAPES));
      proxy.takeRequests();

      saveAndPrune(attempt, 2);

      assertThat(proxy.takeRequests())
          .filteredOn(request -> request.contains("/finetune-2/"))
          .first(InstanceOfAssertFactories.STRING)
          .startsWith("DELETE ")
          .contains("/finetune-2/manifest.json");
    }
    assertThat(Snapshots.version(here.folder(finetune(2)))).isEqualTo(2);
    assertThat(elsewhere.newestVerified(none())).contains(finetune(2));
  }
}
