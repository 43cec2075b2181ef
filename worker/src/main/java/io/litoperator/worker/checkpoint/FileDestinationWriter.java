package io.litoperator.worker.checkpoint;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * To a folder on a file system. What is being written or deleted is in a hidden folder beside the
 * checkpoints, named after its attempt; a checkpoint appears and disappears by one rename.
 */
final class FileDestinationWriter implements DestinationWriter {
  /** A folder being written or deleted. */
  private static final String PARTIAL = ".partial";

  /** A checkpoint whose successor of the same name is about to take its place. */
  private static final String REPLACED = ".replaced";

  private static final Pattern HIDDEN =
      Pattern.compile("\\.(.+?)(?:\\.attempt-(\\d{1,9}))?(?:\\.partial|\\.replaced)");

  private final FileDestination destination;
  private final Path jobFolder;
  private final Disk disk;
  private final int attempt;

  FileDestinationWriter(FileDestination destination, int attempt) {
    this.destination = destination;
    this.attempt = attempt;
    jobFolder = destination.jobFolder();
    disk = destination.disk();
  }

  @Override
  public List<CheckpointId> list() throws IOException {
    return destination.list();
  }

  @Override
  public Stored describe(CheckpointId id) throws IOException {
    return destination.describe(id);
  }

  @Override
  public void begin(CheckpointId id) throws IOException {
    deleteFolder(partial(id));
    Files.createDirectories(partial(id));
  }

  @Override
  public Path partial(CheckpointId id) {
    return hidden(id, attempt, PARTIAL);
  }

  /** All ranks see it. */
  @Override
  public Path join(CheckpointId id) {
    return partial(id);
  }

  /** Needs no fence: the folder is this attempt's. */
  @Override
  public void handOver(CheckpointId id, int share, Manifest files, Fence fence) throws IOException {
    Path receipt = receipt(id, share);
    Path unfinished = receipt.resolveSibling(receipt.getFileName() + ".unfinished");
    try (WritableByteChannel channel = disk.create(unfinished)) {
      Channels.newOutputStream(channel).write(files.toJson());
    }
    disk.move(unfinished, receipt);
  }

  @Override
  public Optional<Manifest> takeOver(CheckpointId id, int share) throws IOException {
    Path receipt = receipt(id, share);
    if (!Files.exists(receipt)) {
      return Optional.empty();
    }
    Manifest files = Json.MAPPER.readValue(Files.readAllBytes(receipt), Manifest.class);
    Files.delete(receipt);
    return Optional.of(files);
  }

  /** What the rank of a share leaves when all of it is on the device. */
  private Path receipt(CheckpointId id, int share) {
    return partial(id).resolve("share-" + share + ".json");
  }

  @Override
  public void publish(CheckpointId id, Fence fence) throws IOException {
    fence.run();
    Path folder = destination.folder(id);
    Path replaced = hidden(id, attempt, REPLACED);
    if (Files.exists(folder)) {
      deleteFolder(replaced);
      disk.move(folder, replaced);
    }
    disk.move(partial(id), folder);
    disk.syncFolder(jobFolder);
    deleteFolder(replaced);
  }

  @Override
  public void discard(CheckpointId id) throws IOException {
    discard(new Leftover(id, attempt));
  }

  @Override
  public void recover(Fence fence, Consumer<String> notices) throws IOException {
    fence.run();
    discard(leftover -> leftover.attempt() <= attempt);
  }

  /** Removes what was left unfinished of other checkpoints than this, by whatever attempt. */
  void discardOthers(CheckpointId id) throws IOException {
    discard(leftover -> !leftover.id().equals(id));
  }

  /** A checkpoint that an attempt has not finished. */
  private record Leftover(CheckpointId id, int attempt) {}

  private void discard(Predicate<Leftover> which) throws IOException {
    for (Path path : destination.entries()) {
      Optional<Leftover> leftover = leftover(path.getFileName().toString()).filter(which);
      if (leftover.isPresent()) {
        discard(leftover.get());
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

  private void discard(Leftover leftover) throws IOException {
    Path folder = destination.folder(leftover.id());
    Path replaced = hidden(leftover.id(), leftover.attempt(), REPLACED);
    if (Files.exists(replaced) && !Files.exists(folder)) {
      disk.move(replaced, folder);
    }
    deleteFolder(replaced);
    deleteFolder(hidden(leftover.id(), leftover.attempt(), PARTIAL));
  }

  @Override
  public void verify(CheckpointId id) throws Manifest.Damage {
    destination.fetchVerified(id);
  }

  @Override
  public void remove(CheckpointId id) throws IOException {
    Path doomed = partial(id);
    deleteFolder(doomed);
    disk.move(destination.folder(id), doomed);
    deleteFolder(doomed);
  }

  @Override
  public String advice(CheckpointId id, IOException cause, long bytes) {
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
