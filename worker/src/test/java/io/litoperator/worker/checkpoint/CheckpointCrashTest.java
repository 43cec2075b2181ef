package io.litoperator.worker.checkpoint;

import static io.litoperator.worker.checkpoint.Snapshots.SHAPES;
import static io.litoperator.worker.checkpoint.Snapshots.finetune;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a save dies of, and wherever, an older checkpoint or the new one can be used. */
class CheckpointCrashTest {
  private static final long PLENTY = 1_000_000;

  @TempDir Path folder;

  @Test
  void aCrashAtAnyPointOfASaveLeavesTheOlderOrTheNewer() throws IOException {
    Snapshot older = Snapshots.of(finetune(1));
    Snapshot newer = Snapshots.of(finetune(2));
    long units = units(older, newer);
    for (long point : points(units)) {
      Path job = folder.resolve("crash-" + point);
      CheckpointId newest = crash(job, older, newer, point, units);

      assertThat(newest).isEqualTo(finetune(newest.step()));
      assertThat(Snapshots.version(job.resolve(newest.toString()))).isEqualTo(newest.step());
      if (point == units) {
        assertThat(newest).isEqualTo(finetune(2));
      }
    }
  }

  @Test
  void aCrashAtAnyPointOfSavingAStepAgainLeavesEitherVersion() throws IOException {
    Snapshot first = Snapshots.of(finetune(1), 10, SHAPES);
    Snapshot second = Snapshots.of(finetune(1), 11, SHAPES);
    long units = units(first, second);
    for (long point : points(units)) {
      Path job = folder.resolve("crash-" + point);
      CheckpointId newest = crash(job, first, second, point, units);

      long version = Snapshots.version(job.resolve(newest.toString()));
      assertThat(version).isIn(10L, 11L);
      if (point == units) {
        assertThat(version).isEqualTo(11);
      }
    }
  }

  @Test
  void aFullDiskAtAnyByteIsOneSentenceAndKeepsTheOlder() throws IOException {
    Path job = folder.resolve("job");
    Snapshots.save(store(job, FailingDisk.fullAfter(PLENTY)), Snapshots.of(finetune(1)));
    FailingDisk measured = FailingDisk.fullAfter(PLENTY);
    Snapshots.save(store(folder.resolve("measured"), measured), Snapshots.of(finetune(2)));
    for (long room : points(PLENTY - measured.left() - 1)) {
      assertThatExceptionOfType(Failure.class)
          .isThrownBy(
              () ->
                  Snapshots.save(
                      store(job, FailingDisk.fullAfter(room)), Snapshots.of(finetune(2))))
          .withMessageStartingWith(
              "Checkpoint finetune-2 could not be written to "
                  + job
                  + ": No space left on device (about 0.0 MB needed, ")
          .matches(failure -> failure.exitCode() == ExitCode.STORAGE);
      assertThat(names(job)).containsExactly("finetune-1");
    }
    assertThat(Snapshots.version(job.resolve("finetune-1"))).isEqualTo(1);
  }

  /** The kernel's own refusal, which a test can have without a file system that it may mount. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void theKernelsFullDiskIsOneSentence() throws IOException {
    Path job = folder.resolve("job");
    Snapshots.save(new CheckpointStore(job), Snapshots.of(finetune(1)));
    Disk full =
        new Disk() {
          @Override
          public WritableByteChannel create(Path file) throws IOException {
            return FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE);
          }

          @Override
          public void sync(Path unused) {}

          @Override
          public void syncFolder(Path unused) {}

          @Override
          public void move(Path from, Path to) {}
        };

    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> Snapshots.save(store(job, full), Snapshots.of(finetune(2))))
        .withMessageContaining("No space left on device")
        .matches(failure -> failure.exitCode() == ExitCode.STORAGE);
    assertThat(names(job)).containsExactly("finetune-1");
  }

  @Test
  void aFileInPlaceOfTheFolderIsOneSentence() throws IOException {
    Path job = Files.createFile(folder.resolve("job"));

    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> Snapshots.save(new CheckpointStore(job), Snapshots.of(finetune(1))))
        .withMessageContaining("Checkpoint finetune-1 could not be written to " + job)
        .matches(failure -> failure.exitCode() == ExitCode.STORAGE);
  }

  private static CheckpointStore store(Path job, Disk disk) {
    return new CheckpointStore(job, disk, Progress.NONE);
  }

  /** Points at which to fail, out of so many: some in every file, and all of the last ones. */
  private static List<Long> points(long units) {
    assertThat(units).isGreaterThan(1000);
    return LongStream.rangeClosed(0, units)
        .filter(point -> point % 31 == 0 || point > units - 30)
        .boxed()
        .toList();
  }

  /** What it costs to save the second after the first. */
  private long units(Snapshot first, Snapshot second) {
    Path job = folder.resolve("measured");
    Snapshots.save(store(job, FailingDisk.crashingAfter(PLENTY)), first);
    FailingDisk disk = FailingDisk.crashingAfter(PLENTY);
    Snapshots.save(store(job, disk), second);
    return PLENTY - disk.left();
  }

  /** Saves the first, dies while saving the second unless it has enough units, starts again. */
  private static CheckpointId crash(
      Path job, Snapshot first, Snapshot second, long point, long units) throws IOException {
    Snapshots.save(store(job, FailingDisk.crashingAfter(PLENTY)), first);
    Throwable death =
        catchThrowable(() -> Snapshots.save(store(job, FailingDisk.crashingAfter(point)), second));
    assertThat(death instanceof FailingDisk.Crash).isEqualTo(point < units);
    return newestAfterRestart(job);
  }

  private static CheckpointId newestAfterRestart(Path job) throws IOException {
    CheckpointStore store = new CheckpointStore(job);
    store.of(0, "pod").recover(notice -> {});
    assertThat(names(job)).noneMatch(name -> name.startsWith("."));
    Optional<CheckpointId> newest =
        store.newestVerified(
            notice -> {
              throw new AssertionError(notice);
            });
    return newest.orElseThrow();
  }

  private static List<String> names(Path job) throws IOException {
    try (Stream<Path> entries = Files.list(job)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }
}
