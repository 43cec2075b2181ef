package io.litoperator.worker.safetensors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model's tensors, divided into files as Hugging Face's readers expect them.
 *
 * @param files tensors by the names of files
 */
public record Shards(Map<String, List<NamedTensor>> files) {
  /** Of the file that tells which tensor is in which of several files. */
  public static final String INDEX = "model.safetensors.index.json";

  /** Most of a file in what lit writes. */
  public static final long DEFAULT_BYTES = 5_000_000_000L;

  static final String SINGLE = "model.safetensors";
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Divides tensors in the order of their names.
   *
   * @param bytes most of a file; a tensor that is larger gets one of its own
   */
  public static Shards of(List<NamedTensor> tensors, long bytes) {
    List<List<NamedTensor>> shards = new ArrayList<>();
    List<NamedTensor> shard = new ArrayList<>();
    long size = 0;
    for (NamedTensor tensor :
        tensors.stream().sorted(Comparator.comparing(NamedTensor::name)).toList()) {
      if (!shard.isEmpty() && size + tensor.bytes() > bytes) {
        shards.add(shard);
        shard = new ArrayList<>();
        size = 0;
      }
      shard.add(tensor);
      size += tensor.bytes();
    }
    shards.add(shard);
    Map<String, List<NamedTensor>> files = new TreeMap<>();
    for (int i = 0; i < shards.size(); i++) {
      String name = "model-%05d-of-%05d.safetensors";
      files.put(String.format(Locale.ROOT, name, i + 1, shards.size()), shards.get(i));
    }
    return new Shards(files);
  }

  /** The same, but one file that is all alone has the name that needs no index. */
  public Shards named() {
    return files.size() > 1 ? this : new Shards(Map.of(SINGLE, files.values().iterator().next()));
  }

  /** Content of {@value #INDEX}. */
  public byte[] index() {
    Map<String, String> fileOf = new TreeMap<>();
    long total = 0;
    for (Map.Entry<String, List<NamedTensor>> file : files.entrySet()) {
      for (NamedTensor tensor : file.getValue()) {
        fileOf.put(tensor.name(), file.getKey());
        total += tensor.bytes();
      }
    }
    try {
      return JSON.writeValueAsBytes(
          new TreeMap<>(Map.of("metadata", Map.of("total_size", total), "weight_map", fileOf)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
