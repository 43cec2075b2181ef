package io.litoperator.worker.data.annotations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.data.image.StoredPicture;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Samples in LLaVA's format, a JSON array or JSON lines in UTF-8. The file is read through once to
 * find the samples; after that a sample is read from disk when asked for. Safe for use by several
 * threads.
 */
final class AnnotationFile implements Annotations {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path path;
  private final Path images;
  private final AnnotationIndex index;
  private final RandomAccessFile file; // unlike a channel, not closed by a thread's interruption

  private AnnotationFile(Path path, Path images, AnnotationIndex index, RandomAccessFile file) {
    this.path = path;
    this.images = images;
    this.index = index;
    this.file = file;
  }

  /**
   * Indexes a file. Samples are not checked yet beyond being JSON objects.
   *
   * @throws Failure INPUT_MISSING if there is no readable file, BAD_DATA with the line if it is not
   *     JSON
   */
  static AnnotationFile open(Path path, Path images) {
    if (Files.isDirectory(path)) {
      throw new Failure(
          ExitCode.INPUT_MISSING,
          "%s holds no .parquet and no .tar files; name a folder that does, or an annotation file."
              .formatted(path));
    }
    if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
      throw new Failure(
          ExitCode.INPUT_MISSING,
          "%s is not there or cannot be read; name an annotation file in the data set."
              .formatted(path));
    }
    try (InputStream in = Files.newInputStream(path)) {
      AnnotationIndex index = AnnotationIndex.of(path, in, Files.size(path));
      return new AnnotationFile(path, images, index, new RandomAccessFile(path.toFile(), "r"));
    } catch (IOException e) {
      throw storage(path, e);
    }
  }

  @Override
  public int size() {
    return index.size();
  }

  @Override
  public int modalityLength(int sample) {
    return index.modalityLengths()[sample];
  }

  @Override
  public Origin origin(int sample) {
    return new Origin(path, "line %d, sample %d".formatted(index.lines()[sample], sample), sample);
  }

  @Override
  public boolean needsImages() {
    return true;
  }

  @Override
  public List<StoredSample> read(int from, int to) {
    byte[] bytes = bytes(from, to);
    List<StoredSample> samples = new ArrayList<>();
    for (int i = from; i < to; i++) {
      int start = Math.toIntExact(index.offsets()[i] - index.offsets()[from]);
      int length = Math.toIntExact(index.offsets()[i + 1] - index.offsets()[i]);
      samples.add(new StoredSample(origin(i), json(i, bytes, start, length), this::pictures));
    }
    return samples;
  }

  private List<StoredPicture> pictures(List<String> paths) {
    return paths.stream()
        .<StoredPicture>map(image -> new StoredPicture.InFile(images.resolve(image)))
        .toList();
  }

  private JsonNode json(int sample, byte[] bytes, int start, int length) {
    try {
      return MAPPER.readTree(bytes, start, length);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s: it was JSON before and is not now; leave the file alone while it is in use."
              .formatted(origin(sample)),
          e);
    }
  }

  /** Samples and what is between them and after the last. */
  private byte[] bytes(int from, int to) {
    long offset = index.offsets()[from];
    byte[] bytes = new byte[Math.toIntExact(index.offsets()[to] - offset)];
    synchronized (file) {
      try {
        file.seek(offset);
        file.readFully(bytes);
      } catch (IOException e) {
        throw storage(path, e);
      }
    }
    return bytes;
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw storage(path, e);
    }
  }

  private static Failure storage(Path path, IOException e) {
    return new Failure(ExitCode.STORAGE, "%s cannot be read: %s.".formatted(path, e), e);
  }
}
