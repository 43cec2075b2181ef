package io.litoperator.worker.checkpoint;

import static io.litoperator.worker.checkpoint.Snapshots.finetune;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.litoperator.api.job.BucketPath;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.s3.ConditionalServer;
import io.litoperator.worker.s3.S3Connection;
import io.litoperator.worker.s3.S3Server;
import io.litoperator.worker.s3.StoredObject;
import io.litoperator.worker.transfer.FaultyProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Two ranks on the first machine and one on another, each of which sends its own files. */
class BucketSharesTest extends BucketStores {
  @Test
  void sharesOfSeveralMachinesMakeOne() throws Exception {
    Saved saved = save(1, here.of(1, "pod"), 3, 3);

    CheckpointStore another = store(bucket, "another");
    assertThat(another.newestVerified(none())).contains(finetune(3));
    assertThat(another.complete().get(0).digest()).isEqualTo(saved.digest());
    assertThat(another.open("finetune-3").optimizer().names()).isNotEmpty();
    assertThat(here.newestVerified(none())).as("also where a part of it was").contains(finetune(3));
    assertThat(bucket.list(job.key() + "/"))
        .extracting(StoredObject::key)
        .as("receipts")
        .noneMatch(key -> key.contains("share-"));
  }

  /** As it sees them: most of a checkpoint's files were never on its machine. */
  @Test
  void theAttemptThatWritesThemKeepsTheNewest() throws Exception {
    AttemptStore first = here.of(1, "pod");
    for (int step = 1; step <= 3; step++) {
      Saved saved = save(1, first, step, step);
      first.prune(2, Set.of(), none());

      assertThat(first.complete())
          .last()
          .satisfies(kept -> assertThat(kept.digest()).isEqualTo(saved.digest()));
    }

    assertThat(first.complete())
        .extracting(KeptCheckpoint::id)
        .containsExactly(finetune(2), finetune(3));
    assertThat(bucket.list(job.key() + "/finetune-1/")).isEmpty();
  }

  @Test
  void filesOfTwoVersionsNeverHaveAManifest() throws Exception {
    save(1, here.of(1, "pod"), 3, 10);

    elsewhere.of(2, "pod").add(share(3, 11, 2));

    assertThat(store(bucket, "another").complete()).isEmpty();
    save(3, here.of(3, "pod"), 3, 11);
    assertThat(here.newestVerified(none())).contains(finetune(3));
    assertThat(Checkpoint.open(here.folder(finetune(3))).model().floats("c")).containsOnly(11);
  }

  @Test
  void whoClaimsWhileAnotherDoesGetsTheNextNumber() {
    ClaimRace.between(here.attempts());
  }

  @Test
  void ofManyThatClaimAtOnceOnePrevails() throws Exception {
    ClaimRace.amongMany(here.attempts());
  }

  @Test
  void whereAServiceHoldsConditionsEachFollowsAnother() throws Exception {
    try (ConditionalServer conditional = new ConditionalServer();
        S3Connection connection = conditional.connect()) {
      AttemptFile file = store(connection.bucket(S3Server.BUCKET), "anywhere").attempts();

      ClaimRace.numbersAmongMany(file);
    }
  }

  @Test
  void anEarlierAttemptSendsNoShare() throws IOException {
    new AttemptClaims(here.attempts(), "pod-a", 1, Optional.empty()).claim(1);
    AttemptStore earlier = elsewhere.of(1, "pod-a");
    new AttemptClaims(here.attempts(), "pod-b", 2, Optional.empty()).claim(2);

    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> earlier.add(share(3, 3, 2)))
        .matches(failure -> failure.exitCode() == ExitCode.PEER_LOST);

    assertThat(bucket.list(job.key() + "/finetune-3/")).isEmpty();
  }

  @Test
  void ofAShareThatIsNotSentNoMachineIsSaidToHaveAll() throws IOException {
    try (FaultyProxy proxy = FaultyProxy.to(server.port());
        S3Connection faulty = S3Server.connect(proxy.port(), Duration.ZERO)) {
      AttemptStore attempt = store(faulty.bucket(S3Server.BUCKET), "faulty").of(1, "pod");
      proxy.breakAfter(0);

      assertThatExceptionOfType(Failure.class)
          .isThrownBy(() -> attempt.add(share(3, 3, 2)))
          .withMessageContaining(
              "no machine has all of it, so the job goes on from the one before");
    }
  }

  /** Wherever the service goes away while the first machine sends its own. */
  @Test
  void whatLacksOtherMachinesSharesIsNotSaidToBeWhole() throws Exception {
    Failure failure;
    int staged = 0;
    long point = 0;
    do {
      job = new BucketPath(S3Server.BUCKET, "shares-" + point + "/job");
      AttemptStore others = store(bucket, "others-" + point).of(1, "pod");
      try (FaultyProxy proxy = FaultyProxy.to(server.port());
          S3Connection faulty = S3Server.connect(proxy.port(), Duration.ZERO)) {
        CheckpointStore store = store(faulty.bucket(S3Server.BUCKET), "first-" + point);
        AttemptStore first = store.of(1, "pod");
        first.begin(finetune(3));
        others.add(share(3, 3, 1));
        others.add(share(3, 3, 2));
        proxy.breakAfter(point);

        failure = catchThrowableOfType(Failure.class, () -> first.finish(share(3, 3, 0)));

        if (failure != null) {
          assertThat(failure).hasMessageContaining("; no machine has all of it");
          staged += Files.isDirectory(store.folder(finetune(3))) ? 1 : 0;
        }
      }
      point += 4000;
    } while (failure != null);
    assertThat(staged).as("times that the first machine's part was there").isPositive();
  }

  private Saved save(int attempt, AttemptStore first, int step, long version) throws Exception {
    first.begin(finetune(step));
    ExecutorService ranks = Executors.newFixedThreadPool(2);
    Future<?> second = ranks.submit(() -> here.of(attempt, "pod").add(share(step, version, 1)));
    Future<?> third = ranks.submit(() -> elsewhere.of(attempt, "pod").add(share(step, version, 2)));
    ranks.shutdown();
    Saved saved = first.finish(share(step, version, 0));
    second.get();
    third.get();
    return saved;
  }

  private static Snapshot share(int step, long version, int index) {
    return Snapshots.of(finetune(step), version, Snapshots.SHAPES, new Share(index, 3));
  }
}
