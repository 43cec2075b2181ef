package io.litoperator.examples.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes small fp32 safetensors files. */
final class Safetensors {
  private static final int ALIGNMENT = 8;

  private Safetensors() {}

  /**
   * @param values row-major
   */
  record Tensor(List<Integer> shape, float[] values) {}

  /**
   * @param tensors by name, in the order of the file
   */
  static void write(Path file, Map<String, Tensor> tensors) throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("__metadata__", Map.of("format", "pt"));
    int offset = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      int end = offset + tensor.values().length * Float.BYTES;
      Map<String, Object> description = new LinkedHashMap<>();
      description.put("dtype", "F32");
      description.put("shape", tensor.shape());
      description.put("data_offsets", List.of(offset, end));
      header.put(entry.getKey(), description);
      offset = end;
    }
    byte[] json = padded(new ObjectMapper().writeValueAsBytes(header));
    ByteBuffer content =
        ByteBuffer.allocate(Long.BYTES + json.length + offset).order(ByteOrder.LITTLE_ENDIAN);
    content.putLong(json.length).put(json);
    for (Tensor tensor : tensors.values()) {
      for (float value : tensor.values()) {
        content.putFloat(value);
      }
    }
    Files.write(file, content.array());
  }

  private static byte[] padded(byte[] json) {
    int length = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] padded = Arrays.copyOf(json, length);
    Arrays.fill(padded, json.length, length, (byte) ' ');
    return padded;
  }
}
