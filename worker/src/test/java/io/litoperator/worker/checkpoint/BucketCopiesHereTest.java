package io.litoperator.worker.checkpoint;

import static io.litoperator.worker.checkpoint.Snapshots.finetune;
import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A machine's copies of what is in a bucket. */
class BucketCopiesHereTest extends BucketStores {
  @Test
  void oneThatWasAlteredIsBroughtAgain() throws IOException {
    Snapshots.save(here, Snapshots.of(finetune(1)));
    Snapshots.save(here, Snapshots.of(finetune(2)));
    Snapshots.damage("alteration", here.folder(finetune(2)).resolve("optimizer-0.safetensors"));

    assertThat(here.newestVerified(none())).contains(finetune(2));
    assertThat(Snapshots.version(here.folder(finetune(2)))).isEqualTo(2);
  }

  @Test
  void oneThatIsSoundIsNotBroughtAgain() throws IOException {
    Snapshots.save(here, Snapshots.of(finetune(1)));
    Path beside = here.folder(finetune(1)).resolve("config.json");
    FileTime before = Files.getLastModifiedTime(beside);

    assertThat(here.newestVerified(none())).contains(finetune(1));
    assertThat(Files.getLastModifiedTime(beside)).isEqualTo(before);
  }

  @Test
  void oneIsOnTheDeviceBeforeItHasItsName() {
    Snapshots.save(here, Snapshots.of(finetune(1)));
    WatchedDisk disk = new WatchedDisk();
    CheckpointStore other =
        new CheckpointStore(
            new BucketDestination(
                new FileDestination(folder.resolve("other"), disk, Progress.NONE), bucket, job),
            disk,
            Progress.NONE);

    other.open("finetune-1");

    assertThat(disk.operations)
        .containsExactlyInAnyOrder(
            "sync config.json",
            "sync model-00001-of-00002.safetensors",
            "sync model-00002-of-00002.safetensors",
            "sync model.safetensors.index.json",
            "sync optimizer-0.safetensors",
            "sync state.json",
            "create manifest.json",
            "sync .finetune-1.partial",
            "move finetune-1",
            "sync other")
        .endsWith(
            "create manifest.json", "sync .finetune-1.partial", "move finetune-1", "sync other");
  }

  private static final class WatchedDisk implements Disk {
    private final List<String> operations = new ArrayList<>();
    private final LocalDisk disk = new LocalDisk();

    @Override
    public WritableByteChannel create(Path file) throws IOException {
      operations.add("create " + file.getFileName());
      return disk.create(file);
    }

    @Override
    public void sync(Path file) throws IOException {
      operations.add("sync " + file.getFileName());
      disk.sync(file);
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
      operations.add("sync " + folder.getFileName());
      disk.syncFolder(folder);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
      operations.add("move " + to.getFileName());
      disk.move(from, to);
    }
  }
}
