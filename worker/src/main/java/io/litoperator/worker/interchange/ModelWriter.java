package io.litoperator.worker.interchange;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.SafetensorsWriter;
import io.litoperator.worker.safetensors.Shards;
import io.litoperator.worker.transfer.Meter;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Writes a model's folder: tensors one at a time, then the small files. An earlier one with the
 * same files stays as it is until all of it is on the device under hidden names; so there has to be
 * room for both. While files then get their names, the folder has no configuration, without which
 * nobody takes it for a model: a kill never leaves a mixture that loads.
 */
public final class ModelWriter {
  /** Of files that do not yet have their names. */
  private static final String UNFINISHED = ".unfinished";

  /** What makes a folder a model: goes before all else, and comes after it in this order. */
  static final List<String> LAST = List.of(Shards.INDEX, AdapterFiles.CONFIG, ModelFolder.CONFIG);

  private final Path target;
  private final Meter tensors;

  private ModelWriter(Path target, Meter tensors) {
    this.target = target;
    this.tensors = tensors;
  }

  /**
   * @param files content by name
   * @param progress told how far the tensors are
   * @throws Failure {@code INVALID} if the target holds anything else, {@code STORAGE} if it cannot
   *     be written
   */
  static void write(
      Path target,
      List<NamedTensor> tensors,
      long shardBytes,
      Map<String, byte[]> files,
      Progress progress) {
    write(target, Shards.of(tensors, shardBytes).named(), files, progress);
  }

  /** As above, with the files of tensors given. */
  static void write(Path target, Shards shards, Map<String, byte[]> files, Progress progress) {
    Set<String> names = new TreeSet<>(files.keySet());
    names.addAll(shards.files().keySet());
    names.add(Shards.INDEX);
    long total =
        shards.files().values().stream().flatMap(List::stream).mapToLong(NamedTensor::bytes).sum();
    try {
      Files.createDirectories(target);
      refuseOthers(target, names);
      new ModelWriter(target, new Meter("writing " + target.getFileName(), total, progress))
          .write(shards, files);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "The model cannot be written to %s: %s; name another folder."
              .formatted(target, Failure.reason(e)),
          e);
    }
  }

  /**
   * To be asked before the source is opened: its tensors are read while the target is written.
   *
   * @throws Failure {@code INVALID} if the target is the source or a folder that holds it
   */
  static void refuseOverwriting(Path source, Path target) {
    if (Files.exists(target) && real(source).startsWith(real(target))) {
      throw new Failure(
          ExitCode.INVALID, target + " holds the source itself; name another folder.");
    }
  }

  /** Without links, as far as it exists. */
  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path.toAbsolutePath().normalize();
    }
  }

  /** A shard left over from something else would be loaded with the model. */
  private static void refuseOthers(Path target, Set<String> names) throws IOException {
    try (Stream<Path> present = Files.list(target)) {
      present
          .map(file -> file.getFileName().toString())
          .filter(name -> !names.contains(name) && !isUnfinished(name))
          .sorted()
          .findFirst()
          .ifPresent(
              name -> {
                throw new Failure(
                    ExitCode.INVALID,
                    "%s holds %s, which is not part of this model; name a new or empty folder."
                        .formatted(target, name));
              });
    }
  }

  private void write(Shards shards, Map<String, byte[]> files) throws IOException {
    removeUnfinished();
    Thread discarding = new Thread(this::discard);
    Runtime.getRuntime().addShutdownHook(discarding);
    try {
      Map<String, byte[]> small = new TreeMap<>(files);
      if (shards.files().size() > 1) {
        small.put(Shards.INDEX, shards.index());
      }
      for (Map.Entry<String, List<NamedTensor>> shard : shards.files().entrySet()) {
        write(shard.getKey(), out -> SafetensorsWriter.write(out, shard.getValue(), tensors));
      }
      for (Map.Entry<String, byte[]> file : small.entrySet()) {
        write(file.getKey(), out -> Channels.newOutputStream(out).write(file.getValue()));
      }
      List<String> names = new ArrayList<>(shards.files().keySet());
      names.addAll(small.keySet());
      publish(names);
    } finally {
      removeUnfinished();
      forget(discarding);
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The program is being ended, and the hook at work.
    }
  }

  private interface Content {
    void writeTo(FileChannel out) throws IOException;
  }

  private void write(String name, Content content) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            unfinished(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      content.writeTo(out);
      out.force(true);
    }
  }

  private void publish(List<String> names) throws IOException {
    for (String name : LAST) {
      Files.deleteIfExists(target.resolve(name));
    }
    syncFolder();
    for (String name : names.stream().sorted(Comparator.comparing(LAST::indexOf)).toList()) {
      Files.move(unfinished(name), target.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
    syncFolder();
  }

  private void syncFolder() throws IOException {
    try (FileChannel folder = FileChannel.open(target)) {
      folder.force(true);
    }
  }

  private Path unfinished(String name) {
    return target.resolve("." + name + UNFINISHED);
  }

  private static boolean isUnfinished(String name) {
    return name.startsWith(".") && name.endsWith(UNFINISHED);
  }

  private void removeUnfinished() throws IOException {
    try (Stream<Path> present = Files.list(target)) {
      for (Path file : present.toList()) {
        if (isUnfinished(file.getFileName().toString())) {
          Files.delete(file);
        }
      }
    }
  }

  /** What is left when the program is ended amid its work; there may be gigabytes. */
  private void discard() {
    try {
      removeUnfinished();
    } catch (IOException e) {
      // The next that writes there tries again.
    }
  }
}
