package io.litoperator.worker.safetensors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file's header, checked as strictly as the reference implementation does: the tensors cover the
 * data exactly, without gaps and overlaps, and each is as long as its shape asks for.
 *
 * @param tensors in the order of their data
 */
record Header(Map<String, String> metadata, List<TensorInfo> tensors) {

  static final String METADATA = "__metadata__";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * @param text the JSON, without its length
   * @param dataStart position in the file of the first byte after the header
   */
  static Header parse(Path file, ByteBuffer text, long dataStart, long fileSize) {
    Map<String, String> metadata = Map.of();
    List<TensorInfo> tensors = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : readObject(file, text).properties()) {
      if (entry.getKey().equals(METADATA)) {
        metadata = metadata(file, entry.getValue());
      } else {
        tensors.add(tensor(file, entry.getKey(), entry.getValue(), dataStart, fileSize));
      }
    }
    tensors.sort(
        Comparator.comparingLong(TensorInfo::offset).thenComparingLong(TensorInfo::length));
    requireCoverage(file, tensors, dataStart, fileSize);
    return new Header(metadata, List.copyOf(tensors));
  }

  private static JsonNode readObject(Path file, ByteBuffer text) {
    JsonNode root;
    try {
      root = JSON.readTree(StandardCharsets.UTF_8.newDecoder().decode(text).toString());
    } catch (CharacterCodingException e) {
      throw bad(file, "its header is not UTF-8 text");
    } catch (JsonProcessingException e) {
      throw bad(file, "its header is not valid JSON (" + firstLine(e.getOriginalMessage()) + ")");
    }
    if (!root.isObject()) {
      throw bad(file, "its header is not a JSON object");
    }
    return root;
  }

  private static Map<String, String> metadata(Path file, JsonNode node) {
    Map<String, String> metadata = new LinkedHashMap<>();
    if (!node.isObject()) {
      throw bad(file, METADATA + " in its header is not an object");
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!entry.getValue().isTextual()) {
        throw bad(file, METADATA + "." + entry.getKey() + " in its header is not a string");
      }
      metadata.put(entry.getKey(), entry.getValue().textValue());
    }
    return Map.copyOf(metadata);
  }

  private static TensorInfo tensor(
      Path file, String name, JsonNode node, long dataStart, long fileSize) {
    DType dtype = dtype(file, name, node.path("dtype"));
    long[] shape = naturals(file, name, "shape", node.path("shape"));
    long[] range = naturals(file, name, "data_offsets", node.path("data_offsets"));
    if (range.length != 2 || range[0] > range[1]) {
      throw bad(file, "data_offsets of tensor " + name + " are not a begin and an end");
    }
    long dataSize = fileSize - dataStart;
    if (range[1] > dataSize) {
      throw bad(
          file,
          "tensor %s ends at data byte %d, but the file has only %d; it was cut short"
              .formatted(name, range[1], dataSize));
    }
    long length = range[1] - range[0];
    if (length != bytes(file, name, dtype, shape)) {
      throw bad(
          file,
          "tensor %s has %d bytes of data, which its dtype and shape do not add up to"
              .formatted(name, length));
    }
    return new TensorInfo(name, dtype, shape, dataStart + range[0], length);
  }

  private static DType dtype(Path file, String name, JsonNode node) {
    for (DType dtype : DType.values()) {
      if (node.isTextual() && dtype.name().equals(node.textValue())) {
        return dtype;
      }
    }
    throw bad(
        file,
        "dtype of tensor %s is %s, which is not a known one"
            .formatted(name, node.isMissingNode() ? "absent" : node));
  }

  private static long[] naturals(Path file, String name, String field, JsonNode node) {
    boolean valid = node.isArray();
    for (JsonNode value : node) {
      valid &= value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0;
    }
    if (!valid) {
      throw bad(file, field + " of tensor " + name + " is not a list of integers from 0 up");
    }
    long[] values = new long[node.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = node.get(i).longValue();
    }
    return values;
  }

  private static long bytes(Path file, String name, DType dtype, long[] shape) {
    try {
      return dtype.bytes(shape);
    } catch (ArithmeticException e) {
      throw bad(file, "shape of tensor " + name + " is too large");
    }
  }

  private static void requireCoverage(
      Path file, List<TensorInfo> tensors, long dataStart, long fileSize) {
    long position = dataStart;
    for (TensorInfo tensor : tensors) {
      if (tensor.offset() != position) {
        throw bad(
            file,
            tensor.offset() < position
                ? "tensor " + tensor.name() + " overlaps the one before it"
                : "there is a gap in the data before tensor " + tensor.name());
      }
      position = tensor.end();
    }
    if (position != fileSize) {
      throw bad(file, (fileSize - position) + " bytes at its end belong to no tensor");
    }
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }

  static Failure bad(Path file, String what) {
    return new Failure(
        ExitCode.BAD_DATA,
        file + " is not a valid safetensors file: " + what + "; get or write it again.");
  }
}
