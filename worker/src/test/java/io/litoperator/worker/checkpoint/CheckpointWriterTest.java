package io.litoperator.worker.checkpoint;

import static io.litoperator.worker.checkpoint.Snapshots.finetune;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CheckpointWriterTest {
  @TempDir Path folder;
  private final List<CheckpointId> saved = new CopyOnWriteArrayList<>();
  private final List<String> notices = new CopyOnWriteArrayList<>();
  private final List<Optional<String>> underWay = new CopyOnWriteArrayList<>();

  @Test
  void submittingDoesNotWaitForTheDisk() {
    GatedDisk disk = new GatedDisk();
    try (CheckpointWriter writer = writer(disk, 3)) {
      save(writer, 1);

      assertThat(saved).isEmpty();

      disk.gate.release();
      writer.awaitIdle();
      assertThat(saved).containsExactly(finetune(1));
    }
  }

  /** Whoever watches for a disk that never answers must know whenever it is asked. */
  @Test
  void whatIsUnderWayIsToldBeforeTheDiskIsAsked() {
    Optional<String> name = Optional.of(folder.resolve("finetune-1").toString());
    GatedDisk disk = new GatedDisk();
    try (CheckpointWriter writer = writer(disk, 3)) {
      writer.begin(finetune(1), new Alone());
      assertThat(underWay).containsExactly(name, Optional.empty());

      writer.submit(Snapshots.of(finetune(1)));
      disk.awaitRequest();
      assertThat(underWay).last().isEqualTo(name);

      disk.gate.release();
      writer.awaitIdle();
      assertThat(underWay).containsExactly(name, Optional.empty(), name, Optional.empty());
    }
  }

  @Test
  void aFailedSaveIsNoLongerUnderWay() {
    CheckpointWriter writer = writer(FailingDisk.fullAfter(100), 1);
    save(writer, 2);

    assertThatExceptionOfType(Failure.class).isThrownBy(writer::awaitIdle);
    assertThat(underWay).last().isEqualTo(Optional.empty());
    writer.close();
  }

  /** A disk of which each deed takes minutes gets on. */
  @Test
  void whatIsSyncedAndRenamedIsTold() {
    Set<String> told = ConcurrentHashMap.newKeySet();
    LocalDisk disk = new LocalDisk((what, done, total) -> told.add(what));
    try (CheckpointWriter writer = writer(disk, 3)) {
      save(writer, 1);
    }

    assertThat(told)
        .contains("syncing state.json", "syncing manifest.json", "renaming .finetune-1.partial");
  }

  @Test
  void everySnapshotIsSavedInOrderAndTheNewestKept() {
    try (CheckpointWriter writer = writer(new LocalDisk(), 2)) {
      for (int step = 1; step <= 5; step++) {
        save(writer, step);
      }
    }

    assertThat(saved)
        .containsExactly(finetune(1), finetune(2), finetune(3), finetune(4), finetune(5));
    assertThat(new CheckpointStore(folder).list()).containsExactly(finetune(5), finetune(4));
    assertThat(Snapshots.version(folder.resolve("finetune-5"))).isEqualTo(5);
    assertThat(notices).isEmpty();
  }

  @Test
  void thatTrainingWaitsForTheCheckpointBeforeIsToldOnce() {
    AtomicLong seconds = new AtomicLong();
    AttemptStore store = new CheckpointStore(folder).of(0, "pod");
    try (CheckpointWriter writer =
        new CheckpointWriter(
            store,
            3,
            complete -> Set.of(),
            done -> {},
            notices::add,
            underWay::add,
            () -> Duration.ofSeconds(seconds.getAndAdd(4)).toNanos())) {
      save(writer, 1);
      save(writer, 2);
    }

    assertThat(notices)
        .singleElement()
        .asString()
        .startsWith("Training waited 4.0 s with checkpoint finetune-1,")
        .contains("checkpoints.every");
  }

  @Test
  void aFailedSaveIsToldOnceAndOlderCheckpointsStay() {
    Snapshots.save(new CheckpointStore(folder), Snapshots.of(finetune(1)));
    CheckpointWriter writer = writer(FailingDisk.fullAfter(100), 1);
    save(writer, 2);

    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> save(writer, 3))
        .withMessageContaining("finetune-2 could not be written")
        .matches(failure -> failure.exitCode() == ExitCode.STORAGE);

    writer.awaitIdle();
    writer.close();
    assertThat(saved).isEmpty();
    assertThat(new CheckpointStore(folder).newestVerified(notices::add)).contains(finetune(1));
    assertThat(notices).isEmpty();
  }

  @Test
  void closingTellsOfAFailedSave() {
    CheckpointWriter writer = writer(FailingDisk.fullAfter(100), 1);
    save(writer, 2);

    assertThatExceptionOfType(Failure.class).isThrownBy(writer::close);
  }

  /** Nor does closing wait for what never comes. */
  @Test
  void theFirstRankWaitsNoLongerForAShareThatFailed() {
    CheckpointWriter writer = writer(new LocalDisk(), 1);
    writer.begin(finetune(2), new Alone());
    writer.submit(Snapshots.of(finetune(2), 2, Snapshots.SHAPES, new Share(0, 2)));

    assertThatExceptionOfType(Failure.class)
        .isThrownBy(writer::giveUp)
        .withMessageContaining("Another rank could not save")
        .matches(failure -> failure.exitCode() == ExitCode.PEER_LOST);

    writer.close();
    assertThat(saved).isEmpty();
  }

  private static void save(CheckpointWriter writer, int step) {
    writer.begin(finetune(step), new Alone());
    writer.submit(Snapshots.of(finetune(step)));
  }

  private CheckpointWriter writer(Disk disk, int keep) {
    AttemptStore store = new CheckpointStore(folder, disk, Progress.NONE).of(0, "pod");
    return new CheckpointWriter(
        store,
        keep,
        complete -> Set.of(),
        done -> saved.add(done.id()),
        notices::add,
        underWay::add);
  }

  /** Lets nothing be written until the gate opens. */
  private static final class GatedDisk implements Disk {
    private final Semaphore gate = new Semaphore(0);
    private final Semaphore requests = new Semaphore(0);
    private final LocalDisk disk = new LocalDisk();

    @Override
    public WritableByteChannel create(Path file) throws IOException {
      requests.release();
      gate.acquireUninterruptibly();
      gate.release();
      return disk.create(file);
    }

    void awaitRequest() {
      requests.acquireUninterruptibly();
    }

    @Override
    public void sync(Path file) throws IOException {
      disk.sync(file);
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
      disk.syncFolder(folder);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
      disk.move(from, to);
    }
  }
}
