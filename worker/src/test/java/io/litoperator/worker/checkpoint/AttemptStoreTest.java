package io.litoperator.worker.checkpoint;

import static io.litoperator.worker.checkpoint.Snapshots.finetune;
import static io.litoperator.worker.checkpoint.Snapshots.pretrain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttemptStoreTest {
  private static final Consumer<String> NO_NOTICE =
      notice -> {
        throw new AssertionError(notice);
      };

  @TempDir Path folder;
  private CheckpointStore store;
  private AttemptStore attempt;

  @BeforeEach
  void open() {
    store = new CheckpointStore(folder.resolve("jobs/job"));
    attempt = store.of(0, "pod");
  }

  @Test
  void sharesMakeOneCheckpointWhicheverIsWrittenFirst() throws Exception {
    String[] alone = save(finetune(1)).folder().toFile().list();
    attempt.begin(finetune(2));
    attempt.add(share(finetune(2), 2));
    CompletableFuture<Saved> first =
        CompletableFuture.supplyAsync(() -> attempt.finish(share(finetune(2), 0)));
    attempt.add(share(finetune(2), 1));

    Path folder = first.get(30, TimeUnit.SECONDS).folder();

    assertThat(Snapshots.version(folder)).isEqualTo(2);
    Checkpoint checkpoint = Checkpoint.open(folder);
    assertThat(checkpoint.optimizer().elements("m")).isEqualTo(6);
    assertThat(folder.toFile().list())
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    Stream.of(alone),
                    Stream.of("optimizer-1.safetensors", "optimizer-2.safetensors"))
                .toList());
    assertThat(first.get().bytes()).isEqualTo(sizeWithoutManifest(folder));
  }

  @Test
  void aMissingShareLeavesTheOlderCheckpointTheNewest() {
    save(finetune(1));
    attempt.begin(finetune(2));
    attempt.add(share(finetune(2), 1));

    assertThat(store.newestVerified(NO_NOTICE)).contains(finetune(1));
    attempt.recover(notice -> {});
    assertThat(folder.resolve("jobs/job").toFile().list()).containsExactly("finetune-1");
  }

  @Test
  void theFirstShareWaitsForAllTheOthers() throws Exception {
    attempt.begin(finetune(1));
    CompletableFuture<Saved> first =
        CompletableFuture.supplyAsync(() -> attempt.finish(share(finetune(1), 0)));
    attempt.add(share(finetune(1), 2));
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(() -> first.get(200, TimeUnit.MILLISECONDS));
    assertThat(store.list()).isEmpty();

    attempt.add(share(finetune(1), 1));

    assertThat(first.get(30, TimeUnit.SECONDS).id()).isEqualTo(finetune(1));
  }

  @Test
  void aShareOfAnEarlierAttemptWaitsForNobody() {
    AttemptStore old = store.of(1, "pod");
    old.begin(finetune(1));
    new AttemptClaims(store.attempts(), "other", 0, Optional.empty()).claim(2);

    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> old.finish(share(finetune(1), 0)))
        .matches(failure -> failure.exitCode() == ExitCode.PEER_LOST);
  }

  private static Snapshot share(CheckpointId id, int index) {
    return Snapshots.of(id, id.step(), Snapshots.SHAPES, new Share(index, 3));
  }

  @Test
  void equalSnapshotsGiveEqualBytes() {
    String first = save(finetune(1)).digest();

    assertThat(save(finetune(1)).digest()).isEqualTo(first);
    assertThat(save(finetune(2)).digest()).isNotEqualTo(first);
  }

  @Test
  void aDamagedCheckpointIsReplacedWhenItsStepIsSavedAgain() throws IOException {
    Path saved = save(finetune(1)).folder();
    Snapshots.damage("alteration", saved.resolve("state.json"));

    save(finetune(1));

    assertThat(store.newestVerified(NO_NOTICE)).contains(finetune(1));
  }

  @Test
  void theNewestAreKept() {
    List.of(pretrain(1), pretrain(2), finetune(1), finetune(2)).forEach(this::save);

    attempt.prune(3, Set.of(), NO_NOTICE);
    assertThat(store.list()).containsExactly(finetune(2), finetune(1), pretrain(2));

    attempt.prune(1, Set.of(pretrain(2)), NO_NOTICE);
    assertThat(store.list()).containsExactly(finetune(2), pretrain(2));
  }

  @Test
  void theNewestVerifiedIsKeptWhateverNewerOnesThereAre() throws IOException {
    List.of(finetune(1), finetune(2), finetune(3)).forEach(this::save);
    Snapshots.damage("alteration", store.folder(finetune(3)).resolve("optimizer-0.safetensors"));
    List<String> notices = new ArrayList<>();

    attempt.prune(1, Set.of(), notices::add);

    assertThat(store.list()).containsExactly(finetune(3), finetune(2));
    assertThat(notices).hasSize(1);
  }

  /** Reading takes as long as writing, and training may wait for it. */
  @Test
  void nothingIsReadUnlessSomethingIsToGo() throws IOException {
    List.of(finetune(1), finetune(2)).forEach(this::save);
    Snapshots.damage("alteration", store.folder(finetune(2)).resolve("optimizer-0.safetensors"));
    List<String> notices = new ArrayList<>();

    attempt.prune(2, Set.of(), notices::add);

    assertThat(store.list()).containsExactly(finetune(2), finetune(1));
    assertThat(notices).isEmpty();
  }

  @Test
  void incompleteOnesDoNotCount() throws IOException {
    List.of(finetune(1), finetune(2), finetune(3), finetune(4)).forEach(this::save);
    Snapshots.damage("loss", store.folder(finetune(4)).resolve("state.json"));
    Snapshots.damage("loss", store.folder(finetune(2)).resolve("state.json"));

    attempt.prune(1, Set.of(), notice -> {});
    assertThat(store.list()).containsExactly(finetune(4), finetune(3));
  }

  @Test
  void leftoversOfOtherProgramsAreNotTouched() throws IOException {
    Path job = save(finetune(1)).folder().getParent();
    Files.createDirectory(job.resolve(".finetune-2.partial"));
    Files.createDirectory(job.resolve(".cache.partial"));

    attempt.recover(notice -> {});

    assertThat(job.resolve(".finetune-2.partial")).doesNotExist();
    assertThat(job.resolve(".cache.partial")).exists();
    assertThat(store.list()).containsExactly(finetune(1));
  }

  private Saved save(CheckpointId id) {
    return Snapshots.save(store, Snapshots.of(id));
  }

  private static long sizeWithoutManifest(Path folder) {
    long total = 0;
    for (File file : folder.toFile().listFiles()) {
      total += file.getName().equals("manifest.json") ? 0 : file.length();
    }
    return total;
  }
}
