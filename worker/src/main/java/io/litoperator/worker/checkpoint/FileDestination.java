package io.litoperator.worker.checkpoint;

import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder on a file system, with a folder for each checkpoint.
 *
 * @param jobFolder made when it is first written to
 * @param progress told of what is verified
 */
record FileDestination(Path jobFolder, Disk disk, Progress progress) implements Destination {
  @Override
  public String name() {
    return jobFolder.toString();
  }

  @Override
  public Path folder(CheckpointId id) {
    return jobFolder.resolve(id.toString());
  }

  @Override
  public List<CheckpointId> list() throws IOException {
    return entries().stream()
        .flatMap(path -> CheckpointId.parse(path.getFileName().toString()).stream())
        .toList();
  }

  /** All that is in the folder, hidden folders too. */
  List<Path> entries() throws IOException {
    try (Stream<Path> entries = Files.list(jobFolder)) {
      return entries.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  @Override
  public Stored describe(CheckpointId id) throws IOException {
    Path manifest = folder(id).resolve(Manifest.FILE);
    try (Stream<Path> files = Files.list(folder(id))) {
      Map<String, Long> sizes = new TreeMap<>();
      for (Path file : files.toList()) {
        sizes.put(file.getFileName().toString(), Files.size(file));
      }
      return new Stored(
          Optional.of(Files.readAllBytes(manifest)),
          sizes,
          Optional.of(Files.getLastModifiedTime(manifest).toInstant()));
    } catch (NoSuchFileException | NotDirectoryException e) {
      // It is damaged, or being removed.
      return Stored.NOTHING;
    }
  }

  /** It is where it is. */
  @Override
  public void fetch(CheckpointId id) {}

  @Override
  public void fetchVerified(CheckpointId id) throws Manifest.Damage {
    Manifest.read(folder(id)).requireContent(folder(id), id.toString(), progress);
  }

  @Override
  public SmallFiles files() {
    return new FolderFiles(jobFolder, disk);
  }

  @Override
  public FileDestinationWriter writer(int attempt) {
    return new FileDestinationWriter(this, attempt);
  }
}
