package io.litoperator.worker.checkpoint;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder on a file system. What is being written or deleted is in a hidden folder beside the
 * checkpoints, named after its attempt; a checkpoint appears and disappears by one rename.
 */
final class FileDestination implements Destination {
  /** A folder being written or deleted. */
  private static final String PARTIAL = ".partial";

  /** A checkpoint whose successor of the same name is about to take its place. */
  private static final String REPLACED = ".replaced";

  private static final Pattern HIDDEN =
      Pattern.compile("\\.(.+?)(?:\\.attempt-(\\d{1,9}))?(?:\\.partial|\\.replaced)");

  private final Path jobFolder;
  private final Disk disk;

  /**
   * @param jobFolder made when it is first written to
   */
  FileDestination(Path jobFolder, Disk disk) {
    this.jobFolder = jobFolder;
    this.disk = disk;
  }

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
      return new Stored(Optional.empty(), Map.of(), Optional.empty());
    }
  }

  /** It is where it is. */
  @Override
  public boolean fetch(CheckpointId id) {
    return false;
  }

  @Override
  public void begin(CheckpointId id, int attempt) throws IOException {
    deleteFolder(partial(id, attempt));
    Files.createDirectories(partial(id, attempt));
  }

  @Override
  public Path partial(CheckpointId id, int attempt) {
    return hidden(id, attempt, PARTIAL);
  }

  /** All ranks see it. */
  @Override
  public Path join(CheckpointId id, int attempt) {
    return partial(id, attempt);
  }

  @Override
  public void handOver(CheckpointId id, int attempt, int share, Manifest files) throws IOException {
    Path receipt = receipt(id, attempt, share);
    Path unfinished = receipt.resolveSibling(receipt.getFileName() + ".unfinished");
    write(unfinished, files.toJson());
    disk.move(unfinished, receipt);
  }

  @Override
  public Optional<Manifest> takeOver(CheckpointId id, int attempt, int share) throws IOException {
    Path receipt = receipt(id, attempt, share);
    if (!Files.exists(receipt)) {
      return Optional.empty();
    }
    Manifest files = Json.MAPPER.readValue(Files.readAllBytes(receipt), Manifest.class);
    Files.delete(receipt);
    return Optional.of(files);
  }

  /** What the rank of a share leaves when all of it is on the device. */
  private Path receipt(CheckpointId id, int attempt, int share) {
    return partial(id, attempt).resolve("share-" + share + ".json");
  }

  @Override
  public void verify(CheckpointId id) throws Manifest.Damage {
    Manifest.read(folder(id)).requireContent(folder(id));
  }

  @Override
  public void publish(CheckpointId id, int attempt, Fence fence) throws IOException {
    fence.run();
    Path replaced = hidden(id, attempt, REPLACED);
    if (Files.exists(folder(id))) {
      deleteFolder(replaced);
      disk.move(folder(id), replaced);
    }
    disk.move(partial(id, attempt), folder(id));
    disk.syncFolder(jobFolder);
    deleteFolder(replaced);
  }

  @Override
  public void discard(CheckpointId id, int attempt) throws IOException {
    Path replaced = hidden(id, attempt, REPLACED);
    if (Files.exists(replaced) && !Files.exists(folder(id))) {
      disk.move(replaced, folder(id));
    }
    deleteFolder(replaced);
    deleteFolder(partial(id, attempt));
  }

  @Override
  public void recover(int attempt) throws IOException {
    discard(leftover -> leftover.attempt() <= attempt);
  }

  /** Removes what was left unfinished of other checkpoints than this. */
  void discardOthers(CheckpointId id) throws IOException {
    discard(leftover -> !leftover.id().equals(id));
  }

  /** A checkpoint that an attempt has not finished. */
  private record Leftover(CheckpointId id, int attempt) {}

  private void discard(Predicate<Leftover> which) throws IOException {
    for (Path path : entries()) {
      Optional<Leftover> leftover = leftover(path.getFileName().toString()).filter(which);
      if (leftover.isPresent()) {
        discard(leftover.get().id(), leftover.get().attempt());
      }
    }
  }

  private static Optional<Leftover> leftover(String name) {
    Matcher hidden = HIDDEN.matcher(name);
    if (!hidden.matches()) {
      return Optional.empty();
    }
    int attempt = hidden.group(2) == null ? 0 : Integer.parseInt(hidden.group(2));
    return CheckpointId.parse(hidden.group(1)).map(id -> new Leftover(id, attempt));
  }

  @Override
  public void remove(CheckpointId id, int attempt) throws IOException {
    Path doomed = partial(id, attempt);
    deleteFolder(doomed);
    disk.move(folder(id), doomed);
    deleteFolder(doomed);
  }

  @Override
  public Optional<byte[]> read(String file) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(jobFolder.resolve(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public void write(String file, byte[] content) throws IOException {
    disk.move(written(file, content), jobFolder.resolve(file));
    disk.syncFolder(jobFolder);
  }

  /** A second name appears only where there is none, and with all of the content. */
  @Override
  public boolean create(String file, byte[] content) throws IOException {
    Path written = written(file, content);
    try {
      Files.createLink(jobFolder.resolve(file), written);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      Files.delete(written);
      disk.syncFolder(jobFolder);
    }
  }

  private Path written(String file, byte[] content) throws IOException {
    Path unfinished = jobFolder.resolve("." + file + "." + UUID.randomUUID());
    Files.createDirectories(jobFolder);
    write(unfinished, content);
    return unfinished;
  }

  private void write(Path file, byte[] content) throws IOException {
    try (WritableByteChannel channel = disk.create(file)) {
      Channels.newOutputStream(channel).write(content);
    }
  }

  /** People look on this machine. */
  @Override
  public void deliver(Path local, String name) {}

  @Override
  public String advice(IOException cause, long bytes) {
    return room(bytes)
        + "; make room or give write permission there, or choose another destination";
  }

  private String room(long bytes) {
    try {
      return String.format(
          Locale.ROOT,
          " (about %.1f MB needed, %.1f MB free)",
          bytes * 1e-6,
          Files.getFileStore(jobFolder).getUsableSpace() * 1e-6);
    } catch (IOException e) {
      // Then the sentence does without.
      return "";
    }
  }

  private Path hidden(CheckpointId id, int attempt, String suffix) {
    return jobFolder.resolve("." + id + (attempt == 0 ? "" : ".attempt-" + attempt) + suffix);
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> entries = Files.list(jobFolder)) {
      return entries.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** Deletes a flat folder if it is there, the manifest first. */
  private static void deleteFolder(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.deleteIfExists(folder.resolve(Manifest.FILE));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
