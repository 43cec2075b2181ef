package io.litoperator.worker.checkpoint;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.litoperator.worker.digest.Sha256;
import io.litoperator.worker.transfer.Meter;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code manifest.json}: every other file of a checkpoint folder, with its size and digest. Files
 * that it does not name are not part of the checkpoint.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Manifest(int format, List<Entry> files) {
  static final String FILE = "manifest.json";
  static final int FORMAT = 1;

  /**
   * @param size in bytes
   * @param sha256 in lower-case hexadecimal
   */
  record Entry(String name, long size, String sha256) {}

  Manifest {
    files = files == null ? List.of() : List.copyOf(files);
  }

  /** Why a folder is not a usable checkpoint: a clause that names the file. */
  static final class Damage extends Exception {
    Damage(String message) {
      super(message);
    }
  }

  static Manifest read(Path folder) throws Damage {
    try {
      return parse(Files.readAllBytes(folder.resolve(FILE)));
    } catch (NoSuchFileException e) {
      throw missing();
    } catch (IOException e) {
      throw new Damage(FILE + " cannot be read (" + e.getMessage() + ")");
    }
  }

  static Manifest of(Stored stored) throws Damage {
    return parse(stored.manifest().orElseThrow(Manifest::missing));
  }

  private static Damage missing() {
    return new Damage(FILE + " is missing, as after an interrupted deletion or copy");
  }

  private static Manifest parse(byte[] json) throws Damage {
    Manifest manifest;
    try {
      manifest = Json.MAPPER.readValue(json, Manifest.class);
    } catch (IOException e) {
      throw new Damage(FILE + " is not a valid manifest");
    }
    if (manifest == null || manifest.format() != FORMAT) {
      throw new Damage(FILE + " is not of format " + FORMAT + ", another version of lit wrote it");
    }
    boolean valid =
        manifest.files().stream().anyMatch(entry -> TrainingFiles.STATE.equals(entry.name()));
    for (Entry entry : manifest.files()) {
      valid &= entry.name() != null && isFileName(entry.name()) && entry.sha256() != null;
    }
    if (!valid) {
      throw new Damage(FILE + " is not a valid manifest");
    }
    return manifest;
  }

  /** Checks that every file is there in its full size; reads no content. */
  void requireSizes(Path folder) throws Damage {
    Map<String, Long> sizes = new HashMap<>();
    for (Entry entry : files) {
      try {
        sizes.put(entry.name(), Files.size(folder.resolve(entry.name())));
      } catch (NoSuchFileException e) {
        // Found missing below.
      } catch (IOException e) {
        throw new Damage(entry.name() + " cannot be read (" + e.getMessage() + ")");
      }
    }
    requireSizes(sizes);
  }

  /**
   * @param sizes of files by name
   */
  void requireSizes(Map<String, Long> sizes) throws Damage {
    for (Entry entry : files) {
      Long size = sizes.get(entry.name());
      if (size == null) {
        throw new Damage(entry.name() + " is missing");
      }
      if (size != entry.size()) {
        throw new Damage(
            "%s has %d bytes instead of %d".formatted(entry.name(), size, entry.size()));
      }
    }
  }

  /**
   * Reads every file and checks its size and digest.
   *
   * @param folder of the checkpoint, or of what is to become it
   * @param checkpoint as people know it
   */
  void requireContent(Path folder, String checkpoint, Progress progress) throws Damage {
    requireSizes(folder);
    Meter read = new Meter("verifying " + checkpoint, bytes(), progress);
    for (Entry entry : files) {
      try {
        if (!Sha256.of(folder.resolve(entry.name()), read).equals(entry.sha256())) {
          throw new Damage(entry.name() + " was altered: its SHA-256 is not the manifest's");
        }
      } catch (IOException e) {
        throw new Damage(entry.name() + " cannot be read (" + e.getMessage() + ")");
      }
    }
  }

  /** Whether every file is as it was written. */
  boolean hasContent(Path folder, String checkpoint, Progress progress) {
    try {
      requireContent(folder, checkpoint, progress);
      return true;
    } catch (Damage e) {
      return false;
    }
  }

  /** Paths of the files whose names begin so, in the manifest's order. */
  List<Path> filesOf(Path folder, String prefix) {
    return files.stream()
        .map(Entry::name)
        .filter(name -> name.startsWith(prefix) && name.endsWith(".safetensors"))
        .map(folder::resolve)
        .toList();
  }

  /** Size of all files together. */
  long bytes() {
    return files.stream().mapToLong(Entry::size).sum();
  }

  byte[] toJson() {
    try {
      return Json.MAPPER.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether a name stays in its folder and does not stand for the manifest itself. */
  static boolean isFileName(String name) {
    return name.matches("[A-Za-z0-9_][A-Za-z0-9._-]*") && !name.equals(FILE);
  }
}
