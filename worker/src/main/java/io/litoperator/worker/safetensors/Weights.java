package io.litoperator.worker.safetensors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The tensors of one model, in one or several safetensors files. */
public final class Weights {
  private static final String PICKLES = "pytorch_model*.bin";
  private static final JsonMapper JSON = new JsonMapper();

  /** TinyLLaVA's pretraining leaves a folder for each part of the model. */
  private static final String TINYLLAVA_PART = "language_model";

  private final String source;
  private final Map<String, Safetensors> files;

  private Weights(String source, Map<String, Safetensors> files) {
    this.source = source;
    this.files = files;
  }

  /**
   * Opens a model folder in Hugging Face's layout.
   *
   * @throws Failure {@code INPUT_MISSING} if the folder, its weights or one of their shards is not
   *     there, {@code BAD_DATA} if a file is malformed or the weights are in another format
   */
  public static Weights open(Path folder) {
    return find(folder)
        .orElseThrow(
            () ->
                new Failure(
                    ExitCode.INPUT_MISSING,
                    "%s has no weights; it should hold %s, or %s and its shards."
                        .formatted(folder, Shards.SINGLE, Shards.INDEX)));
  }

  /** As {@link #open}, but empty where the folder holds no weights in any format. */
  public static Optional<Weights> find(Path folder) {
    if (Files.isRegularFile(folder.resolve(Shards.SINGLE))) {
      return Optional.of(of(folder.toString(), List.of(folder.resolve(Shards.SINGLE))));
    }
    if (Files.isRegularFile(folder.resolve(Shards.INDEX))) {
      return Optional.of(indexed(folder));
    }
    List<Path> shards = list(folder, "model-*.safetensors");
    if (!shards.isEmpty()) {
      return Optional.of(of(folder.toString(), shards));
    }
    List<Path> pickles = new ArrayList<>(list(folder, PICKLES));
    if (Files.isDirectory(folder.resolve(TINYLLAVA_PART))) {
      pickles.addAll(list(folder.resolve(TINYLLAVA_PART), PICKLES));
    }
    if (!pickles.isEmpty()) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s is a Python pickle, which lit does not read; the program in docs/weights.md (Pickles) writes the folder's weights as safetensors."
              .formatted(pickles.get(0)));
    }
    return Optional.empty();
  }

  /**
   * Opens files that together make one set of tensors.
   *
   * @throws Failure {@code BAD_DATA} if a tensor is in two of them, and as {@link Safetensors#open}
   */
  public static Weights of(Collection<Path> paths) {
    return of(paths.toString(), paths);
  }

  private static Weights of(String source, Collection<Path> paths) {
    Map<String, Safetensors> files = new LinkedHashMap<>();
    for (Path path : paths) {
      Safetensors file = Safetensors.open(path);
      for (String name : file.names()) {
        Safetensors other = files.put(name, file);
        if (other != null) {
          throw new Failure(
              ExitCode.BAD_DATA,
              "Tensor %s is both in %s and in %s; remove the shard that is not of this model."
                  .formatted(name, other.file(), path));
        }
      }
    }
    return new Weights(source, files);
  }

  private static Weights indexed(Path folder) {
    Path index = folder.resolve(Shards.INDEX);
    JsonNode shardOf = weightMap(index);
    TreeSet<String> shards = new TreeSet<>();
    shardOf.forEach(shard -> shards.add(shard.textValue()));
    Weights weights = of(folder.toString(), shards.stream().map(folder::resolve).toList());
    for (Map.Entry<String, JsonNode> entry : shardOf.properties()) {
      if (!weights.contains(entry.getKey())) {
        throw new Failure(
            ExitCode.BAD_DATA,
            "%s says that tensor %s is in %s, but it is not; get the folder again."
                .formatted(index, entry.getKey(), entry.getValue().textValue()));
      }
    }
    return weights;
  }

  private static JsonNode weightMap(Path index) {
    JsonNode weightMap;
    try {
      weightMap = JSON.readTree(Files.readString(index)).path("weight_map");
    } catch (JsonProcessingException e) {
      throw new Failure(ExitCode.BAD_DATA, index + " is not valid JSON; get the folder again.", e);
    } catch (IOException e) {
      throw unreadable(index, e);
    }
    boolean valid = weightMap.isObject() && !weightMap.isEmpty();
    for (JsonNode shard : weightMap) {
      valid &= shard.isTextual() && shard.textValue().matches("[^/]+\\.safetensors");
    }
    if (!valid) {
      throw new Failure(
          ExitCode.BAD_DATA,
          index + " has no weight_map from tensors to safetensors files; get the folder again.");
    }
    return weightMap;
  }

  private static List<Path> list(Path folder, String glob) {
    try (Stream<Path> files = Files.list(folder)) {
      var matcher = folder.getFileSystem().getPathMatcher("glob:" + glob);
      return files.filter(file -> matcher.matches(file.getFileName())).sorted().toList();
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private static Failure unreadable(Path path, IOException e) {
    if (Files.isReadable(path)) {
      return new Failure(ExitCode.STORAGE, "%s cannot be read: %s.".formatted(path, e), e);
    }
    return new Failure(
        ExitCode.INPUT_MISSING,
        path + " cannot be read; check that it exists and may be read by this user.",
        e);
  }

  /** File by file, in the order of the data. */
  public List<String> names() {
    return List.copyOf(files.keySet());
  }

  public boolean contains(String name) {
    return files.containsKey(name);
  }

  /** See {@link Safetensors#info}. */
  public TensorInfo info(String name) {
    return file(name).info(name);
  }

  /** See {@link Safetensors#data}. */
  public ByteBuffer data(String name) {
    return file(name).data(name);
  }

  /** See {@link Safetensors#tensor}. */
  public NamedTensor tensor(String name) {
    return file(name).tensor(name);
  }

  /** See {@link Safetensors#floats}. */
  public float[] floats(String name) {
    return file(name).floats(name);
  }

  /** See {@link Safetensors#read}. */
  public void read(String name, long start, long end, FloatBuffer into) {
    file(name).read(name, start, end, into);
  }

  private Safetensors file(String name) {
    Safetensors file = files.get(name);
    if (file == null) {
      throw new Failure(
          ExitCode.BAD_DATA,
          source + " has no tensor " + name + "; check that the weights are of this model.");
    }
    return file;
  }
}
