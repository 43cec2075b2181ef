package io.litoperator.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttemptClaimsTest {
  @TempDir Path folder;
  private AttemptFile file;

  @BeforeEach
  void nameFile() {
    file = new CheckpointStore(folder.resolve("job")).attempts();
  }

  @Test
  void attemptsRiseAndStartWhereTheyAreAskedTo() {
    AttemptClaims claims = new AttemptClaims(file, "pod-a", 3, Optional.empty());

    assertThat(claims.claim(3)).isEqualTo(3);
    assertThat(claims.claim(4)).isEqualTo(4);
    assertThat(claims.claim(9)).isEqualTo(9);
    assertThat(file.read()).contains(new AttemptFile.Claim(9, "pod-a", 3, Optional.empty()));
  }

  @Test
  void aSuccessorGoesOnAfterAttemptsThatNobodyToldItOf() {
    AttemptClaims first = new AttemptClaims(file, "pod-a", 1, Optional.empty());
    first.claim(1);
    first.claim(2);
    first.claim(3);

    assertThat(new AttemptClaims(file, "pod-b", 2, Optional.empty()).claim(2)).isEqualTo(4);
  }

  @Test
  void whoeverWasSucceededGetsNoMore() {
    AttemptClaims first = new AttemptClaims(file, "pod-a", 1, Optional.empty());
    first.claim(1);
    new AttemptClaims(file, "pod-b", 2, Optional.empty()).claim(2);

    assertSuperseded(() -> first.claim(2), "superseded by attempt 2");
  }

  @Test
  void aJobThatIsMadeAgainGoesOnThoughItsPodsAreCountedAnew() {
    new AttemptClaims(file, "pod-a", 7, owner("team", "uid-1")).claim(7);

    assertThat(new AttemptClaims(file, "pod-b", 1, owner("team", "uid-2")).claim(1)).isEqualTo(8);
  }

  @Test
  void anotherNamespacesFolderIsRefused() {
    new AttemptClaims(file, "pod-a", 1, owner("team", "uid-1")).claim(1);

    assertThatThrownBy(() -> new AttemptClaims(file, "pod-b", 1, owner("other", "uid-2")).claim(1))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INVALID))
        .hasMessageStartingWith(
            "spec.checkpoints.destination: a job of this name in namespace team has its");
    assertThat(file.read().orElseThrow().holder()).isEqualTo("pod-a");
  }

  private static Optional<AttemptFile.Owner> owner(String namespace, String uid) {
    return Optional.of(new AttemptFile.Owner(namespace, uid));
  }

  @Test
  void aPodThatStartsAfterItsSuccessorGetsNone() {
    new AttemptClaims(file, "pod-b", 2, Optional.empty()).claim(2);

    assertSuperseded(
        () -> new AttemptClaims(file, "pod-a", 1, Optional.empty()).claim(1),
        "superseded by attempt 2");
  }

  @Test
  void outsideOfAClusterWhoeverStartsTakesOver() {
    AttemptClaims first = new AttemptClaims(file, "run-a", 0, Optional.empty());
    first.claim(1);

    assertThat(new AttemptClaims(file, "run-b", 0, Optional.empty()).claim(1)).isEqualTo(2);
    assertSuperseded(() -> first.claim(2), "superseded by attempt 2");
  }

  @Test
  void whoClaimsWhileAnotherDoesGetsTheNextNumber() {
    ClaimRace.between(file);
  }

  @Test
  void ofManyThatClaimAtOnceEachFollowsAnother() throws Exception {
    ClaimRace.numbersAmongMany(file);
  }

  @Test
  void aNumberIsOfNoUseToWhoDoesNotHoldIt() {
    new AttemptClaims(file, "pod-a", 1, Optional.empty()).claim(1);
    AttemptStore other = new CheckpointStore(folder.resolve("job")).of(1, "pod-b");

    assertSuperseded(
        () -> Snapshots.save(other, Snapshots.of(Snapshots.finetune(3))),
        "superseded by attempt 1, of pod-a");
    assertSuperseded(() -> other.recover(notice -> {}), "superseded by attempt 1, of pod-a");
  }

  @Test
  void aDamagedFileIsNamed() throws IOException {
    Files.createDirectories(folder.resolve("job"));
    Files.writeString(folder.resolve("job/attempt.json"), "{");

    assertThatThrownBy(() -> new AttemptClaims(file, "pod", 1, Optional.empty()).claim(1))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.STORAGE))
        .hasMessageContaining("attempt.json");
  }

  @Test
  void anEarlierAttemptPublishesAndRemovesNothing() {
    Path job = folder.resolve("job");
    new AttemptClaims(file, "pod-a", 1, Optional.empty()).claim(1);
    AttemptStore old = new CheckpointStore(job).of(1, "pod-a");
    Snapshots.save(old, Snapshots.of(Snapshots.finetune(1)));
    Snapshots.save(old, Snapshots.of(Snapshots.finetune(2)));
    new AttemptClaims(file, "pod-b", 2, Optional.empty()).claim(2);

    assertSuperseded(
        () -> Snapshots.save(old, Snapshots.of(Snapshots.finetune(3))), "by attempt 2");
    assertSuperseded(() -> old.prune(1, java.util.Set.of(), notice -> {}), "by attempt 2");
    assertThat(new CheckpointStore(job).list())
        .containsExactly(Snapshots.finetune(2), Snapshots.finetune(1));

    AttemptStore current = new CheckpointStore(job).of(2, "pod-b");
    current.recover(notice -> {});
    assertThat(Snapshots.save(current, Snapshots.of(Snapshots.finetune(3))).folder()).isDirectory();
  }

  @Test
  void whatALaterAttemptIsWritingIsLeftAlone() throws IOException {
    Path job = folder.resolve("job");
    Path later = Files.createDirectories(job.resolve(".finetune-4.attempt-3.partial"));
    Path own = Files.createDirectories(job.resolve(".finetune-4.attempt-2.partial"));

    new CheckpointStore(job).of(2, "pod").recover(notice -> {});

    assertThat(later).exists();
    assertThat(own).doesNotExist();
  }

  private static void assertSuperseded(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable action, String message) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.PEER_LOST))
        .hasMessageContaining(message);
  }
}
