package io.litoperator.worker.safetensors;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A safetensors file, mapped into memory tensor by tensor: nothing is read before it is used, and
 * files may exceed 2 GiB. There is nothing to close; the mappings end with the buffers. The file
 * must not shrink while it is mapped; renaming or deleting it does no harm.
 */
public final class Safetensors {
  /** The reference implementation's limit. */
  private static final long LARGEST_HEADER = 100_000_000;

  /** Of one read; a multiple of every element size. */
  private static final int CHUNK = 1 << 17;

  /** Of one mapping: what a buffer can hold, down to a multiple of every element size. */
  private static final long LARGEST_PIECE = Integer.MAX_VALUE & ~7;

  private final Path file;
  private final Map<String, String> metadata;
  private final Map<String, Mapped> tensors;

  private record Mapped(TensorInfo info, List<ByteBuffer> pieces) {
    Iterable<ByteBuffer> views() {
      return () -> pieces.stream().map(Safetensors::view).iterator();
    }
  }

  private Safetensors(Path file, Map<String, String> metadata, Map<String, Mapped> tensors) {
    this.file = file;
    this.metadata = metadata;
    this.tensors = tensors;
  }

  /**
   * Reads and checks the header and maps the data.
   *
   * @throws Failure {@code BAD_DATA} if the file is malformed, {@code INPUT_MISSING} if it is not
   *     there or not readable, {@code STORAGE} if reading fails
   */
  public static Safetensors open(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      Header header = readHeader(file, channel);
      Map<String, Mapped> tensors = new LinkedHashMap<>();
      for (TensorInfo info : header.tensors()) {
        tensors.put(info.name(), new Mapped(info, map(channel, info)));
      }
      return new Safetensors(file, header.metadata(), tensors);
    } catch (NoSuchFileException e) {
      throw new Failure(
          ExitCode.INPUT_MISSING, file + " does not exist; check the path of the weights.", e);
    } catch (AccessDeniedException e) {
      throw new Failure(
          ExitCode.INPUT_MISSING, file + " cannot be read; give this user read permission.", e);
    } catch (EOFException e) {
      throw Header.bad(file, "it ended while being read");
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE, file + " cannot be read (" + e.getMessage() + "); check the disk.", e);
    }
  }

  private static Header readHeader(Path file, FileChannel channel) throws IOException {
    long fileSize = channel.size();
    if (fileSize < Long.BYTES) {
      throw Header.bad(file, "it has " + fileSize + " bytes, too few for a header");
    }
    long length = read(channel, 0, Long.BYTES).getLong();
    if (length < 0 || length > LARGEST_HEADER || length > fileSize - Long.BYTES) {
      throw Header.bad(
          file,
          "its header should have %s bytes, but the file has %d"
              .formatted(Long.toUnsignedString(length), fileSize));
    }
    ByteBuffer text = read(channel, Long.BYTES, (int) length);
    return Header.parse(file, text, Long.BYTES + length, fileSize);
  }

  private static ByteBuffer read(FileChannel channel, long position, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    fill(buffer, channel, position);
    return buffer.flip();
  }

  private static void fill(ByteBuffer buffer, FileChannel channel, long position)
      throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException("the file has become shorter");
      }
    }
  }

  private static List<ByteBuffer> map(FileChannel channel, TensorInfo info) throws IOException {
    List<ByteBuffer> pieces = new ArrayList<>();
    long position = info.offset();
    do {
      long length = Math.min(LARGEST_PIECE, info.end() - position);
      pieces.add(channel.map(MapMode.READ_ONLY, position, length));
      position += length;
    } while (position < info.end());
    return List.copyOf(pieces);
  }

  private static ByteBuffer view(ByteBuffer piece) {
    return piece.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  public Path file() {
    return file;
  }

  /** The header's free-form strings, such as {@code format: pt}. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** In the order of the data. */
  public List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  public boolean contains(String name) {
    return tensors.containsKey(name);
  }

  public TensorInfo info(String name) {
    return mapped(name).info();
  }

  /**
   * A tensor's content, read-only and little-endian.
   *
   * @throws Failure {@code BAD_DATA} if there is no such tensor or it exceeds 2 GiB; {@link
   *     #tensor} reads those as well
   */
  public ByteBuffer data(String name) {
    Mapped mapped = mapped(name);
    if (mapped.pieces().size() > 1) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "Tensor %s of %s has %d bytes, more than fit in one buffer; it must be read in pieces."
              .formatted(name, file, mapped.info().length()));
    }
    return view(mapped.pieces().get(0));
  }

  /** A tensor with its content, of any size. */
  public NamedTensor tensor(String name) {
    Mapped mapped = mapped(name);
    return new NamedTensor(name, mapped.info().dtype(), mapped.info().shape(), mapped.views());
  }

  /**
   * A tensor's values in row-major order; F16 and BF16 are widened.
   *
   * @throws Failure {@code BAD_DATA} if there is no such tensor, or its type is none of F32, F16
   *     and BF16, or it has more elements than an array can hold
   */
  public float[] floats(String name) {
    Mapped mapped = mapped(name);
    TensorInfo info = mapped.info();
    if (!Floats.decodes(info.dtype()) || info.elements() > Integer.MAX_VALUE - 8) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "Tensor %s of %s has %d elements of type %s, which cannot be read as an array of fp32."
              .formatted(name, file, info.elements(), info.dtype()));
    }
    float[] values = new float[(int) info.elements()];
    FloatBuffer into = FloatBuffer.wrap(values);
    mapped.views().forEach(piece -> Floats.decode(info.dtype(), piece, into));
    return values;
  }

  /**
   * Appends a stretch of a tensor's values, in row-major order, to a buffer. Unlike what {@link
   * #data} maps, nothing of the file stays in this process's memory.
   *
   * @param start first element
   * @param end element after the last
   * @throws Failure {@code BAD_DATA} if there is no such tensor or its type is none of F32, F16 and
   *     BF16, {@code STORAGE} if reading fails
   */
  public void read(String name, long start, long end, FloatBuffer into) {
    TensorInfo info = info(name);
    if (!Floats.decodes(info.dtype())) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "Tensor %s of %s is %s; it must be F32, F16 or BF16."
              .formatted(name, file, info.dtype()));
    }
    Objects.checkFromToIndex(start, end, info.elements());
    long last = info.offset() + end * info.dtype().bytes();
    ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK, info.length()));
    try (FileChannel channel = FileChannel.open(file)) {
      long position = info.offset() + start * info.dtype().bytes();
      for (; position < last; position += chunk.limit()) {
        chunk.clear().limit((int) Math.min(CHUNK, last - position));
        fill(chunk, channel, position);
        Floats.decode(info.dtype(), chunk.flip(), into);
      }
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE, file + " cannot be read (" + e.getMessage() + "); check the disk.", e);
    }
  }

  private Mapped mapped(String name) {
    Mapped mapped = tensors.get(name);
    if (mapped == null) {
      throw new Failure(
          ExitCode.BAD_DATA, file + " has no tensor " + name + "; check that it is of this model.");
    }
    return mapped;
  }
}
