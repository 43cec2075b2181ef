package io.litoperator.worker.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Writes safetensors files. The same tensors give the same bytes in whatever order they come: as
 * the reference implementation does, wider types come first, so that every element is aligned, and
 * names decide among equals.
 */
public final class SafetensorsWriter {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int ALIGNMENT = 8;

  /** Bytes, so that it can be told how a large tensor gets on. */
  private static final int MOST_AT_ONCE = 16 << 20;

  private SafetensorsWriter() {}

  /**
   * Streams tensors, asking for each one's data when its turn comes. The metadata is {@code format:
   * pt}, without which transformers refuses the file.
   *
   * @throws IllegalArgumentException if a name occurs twice, or a tensor's data does not have the
   *     size that its shape asks for
   * @throws IOException if writing fails; what was written is then not a valid file
   */
  public static void write(WritableByteChannel out, List<NamedTensor> tensors) throws IOException {
    write(out, tensors, bytes -> {});
  }

  /**
   * As {@link #write(WritableByteChannel, List)}.
   *
   * @param told of the tensors' bytes as they are written
   */
  public static void write(WritableByteChannel out, List<NamedTensor> tensors, LongConsumer told)
      throws IOException {
    List<NamedTensor> ordered =
        tensors.stream()
            .sorted(
                Comparator.comparingInt((NamedTensor tensor) -> -tensor.dtype().bytes())
                    .thenComparing(NamedTensor::name))
            .toList();
    writeFully(out, header(ordered), bytes -> {});
    for (NamedTensor tensor : ordered) {
      long written = 0;
      for (ByteBuffer piece : tensor.data()) {
        written += piece.remaining();
        writeFully(out, piece, told);
      }
      if (written != tensor.bytes()) {
        throw new IllegalArgumentException(
            "%s has %d bytes of data instead of %d"
                .formatted(tensor.name(), written, tensor.bytes()));
      }
    }
  }

  private static ByteBuffer header(List<NamedTensor> tensors) throws IOException {
    byte[] text = json(tensors);
    int padded = (text.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer header =
        ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN).putLong(padded);
    header.put(text);
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.flip();
  }

  private static byte[] json(List<NamedTensor> tensors) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    Set<String> names = new HashSet<>(Set.of(Header.METADATA));
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeObjectFieldStart(Header.METADATA);
      json.writeStringField("format", "pt");
      json.writeEndObject();
      long offset = 0;
      for (NamedTensor tensor : tensors) {
        if (!names.add(tensor.name())) {
          throw new IllegalArgumentException(tensor.name() + " is reserved or occurs twice");
        }
        long end = offset + tensor.bytes();
        json.writeObjectFieldStart(tensor.name());
        json.writeStringField("dtype", tensor.dtype().name());
        writeLongs(json, "shape", tensor.shape());
        writeLongs(json, "data_offsets", offset, end);
        json.writeEndObject();
        offset = end;
      }
      json.writeEndObject();
    }
    return text.toByteArray();
  }

  private static void writeLongs(JsonGenerator json, String field, long... values)
      throws IOException {
    json.writeFieldName(field);
    json.writeArray(values, 0, values.length);
  }

  private static void writeFully(WritableByteChannel out, ByteBuffer bytes, LongConsumer told)
      throws IOException {
    int at = bytes.position();
    while (at < bytes.limit()) {
      int written = out.write(bytes.slice(at, Math.min(MOST_AT_ONCE, bytes.limit() - at)));
      told.accept(written);
      at += written;
    }
  }
}
