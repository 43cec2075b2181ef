package io.litoperator.worker.run;

import io.litoperator.worker.checkpoint.Checkpoint;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.ModelDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes a checkpoint's model as Hugging Face's transformers and vLLM load it: llava-hf's layout
 * and names.
 */
public final class Export {
  private static final String WEIGHTS = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private final Path checkpoint;
  private final Path target;

  private Export(Path checkpoint, Path target) {
    this.checkpoint = checkpoint;
    this.target = target;
  }

  /**
   * Exports; an earlier export in the same folder is written over.
   *
   * @param checkpoint a checkpoint's folder; every byte of it is verified first
   * @param target folder, made where absent
   * @throws Failure {@code BAD_DATA} or {@code INPUT_MISSING} if the checkpoint is damaged or
   *     missing, {@code INVALID} if the target holds anything else, {@code STORAGE} if it cannot be
   *     written
   */
  public static void run(Path checkpoint, Path target) {
    Checkpoint.open(checkpoint);
    new Export(checkpoint, target).write();
  }

  private void write() {
    Map<String, byte[]> files = files();
    Map<String, Path> weights = weights();
    Set<String> names = new TreeSet<>(files.keySet());
    names.addAll(weights.keySet());
    try {
      Files.createDirectories(target);
      refuseOthers(names);
      for (Map.Entry<String, Path> file : weights.entrySet()) {
        Files.copy(
            file.getValue(), target.resolve(file.getKey()), StandardCopyOption.REPLACE_EXISTING);
      }
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Files.write(target.resolve(file.getKey()), file.getValue());
      }
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "The model cannot be exported to %s: %s; name another folder.".formatted(target, e),
          e);
    }
  }

  private Map<String, byte[]> files() {
    try (Tokenizer tokenizer = Tokenizer.open(checkpoint)) {
      return new HuggingFaceFiles(
              checkpoint,
              ModelFolder.planOf(checkpoint),
              ModelDescription.ofModel(checkpoint),
              tokenizer)
          .all();
    }
  }

  /**
   * The checkpoint's shards, which are in Hugging Face's format already; a single one needs none.
   */
  private Map<String, Path> weights() {
    List<Path> shards = list(checkpoint).filter(Export::isShard).toList();
    if (shards.size() == 1) {
      return Map.of(WEIGHTS, shards.get(0));
    }
    Map<String, Path> files =
        shards.stream()
            .collect(
                Collectors.toMap(
                    shard -> shard.getFileName().toString(),
                    shard -> shard,
                    (a, b) -> a,
                    TreeMap::new));
    files.put(INDEX, checkpoint.resolve(INDEX));
    return files;
  }

  private static boolean isShard(Path file) {
    return file.getFileName().toString().matches("model-\\d+-of-\\d+\\.safetensors");
  }

  /** A shard left over from something else would be loaded with the model. */
  private void refuseOthers(Set<String> names) {
    list(target)
        .map(file -> file.getFileName().toString())
        .filter(name -> !names.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new Failure(
                  ExitCode.INVALID,
                  "%s holds %s, which is not part of this export; name a new or empty folder."
                      .formatted(target, name));
            });
  }

  private static Stream<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList().stream();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE, "%s cannot be listed: %s.".formatted(folder, e.getMessage()), e);
    }
  }
}
