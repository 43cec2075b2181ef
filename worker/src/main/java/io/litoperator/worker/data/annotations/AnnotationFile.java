package io.litoperator.worker.data.annotations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Samples in LLaVA's format, a JSON array or JSON lines in UTF-8. The file is read through once to
 * find the samples; after that a sample is read from disk when asked for. Safe for use by several
 * threads.
 */
public final class AnnotationFile implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path path;
  private final AnnotationIndex index;
  private final RandomAccessFile file; // unlike a channel, not closed by a thread's interruption

  private AnnotationFile(Path path, AnnotationIndex index, RandomAccessFile file) {
    this.path = path;
    this.index = index;
    this.file = file;
  }

  /**
   * Indexes a file. Samples are not checked yet beyond being JSON objects; {@link #read} does that.
   *
   * @throws Failure INPUT_MISSING if there is no readable file, BAD_DATA with the line if it is not
   *     JSON
   */
  public static AnnotationFile open(Path path) {
    if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
      throw new Failure(
          ExitCode.INPUT_MISSING,
          "%s is not there or cannot be read; name an annotation file in the data set."
              .formatted(path));
    }
    try (InputStream in = Files.newInputStream(path)) {
      AnnotationIndex index = AnnotationIndex.of(path, in, Files.size(path));
      return new AnnotationFile(path, index, new RandomAccessFile(path.toFile(), "r"));
    } catch (IOException e) {
      throw storage(path, e);
    }
  }

  public int size() {
    return index.size();
  }

  /**
   * White-space separated words of all turns, at least 1; negative for a sample without a picture.
   */
  public int modalityLength(int sample) {
    return index.modalityLengths()[sample];
  }

  public Origin origin(int sample) {
    return new Origin(path, index.lines()[sample], sample);
  }

  /**
   * Reads and checks a sample.
   *
   * @param sample index in the file
   * @throws Failure BAD_DATA with file, line and id if the sample breaks the format
   */
  public Annotation read(int sample) {
    try {
      return AnnotationParser.parse(origin(sample), MAPPER.readTree(bytes(sample)));
    } catch (JsonProcessingException e) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s: it was JSON before and is not now; leave the file alone while it is in use."
              .formatted(origin(sample)),
          e);
    } catch (IOException e) {
      throw storage(path, e);
    }
  }

  /** The sample and what is between it and the next. */
  private byte[] bytes(int sample) throws IOException {
    long offset = index.offsets()[sample];
    byte[] bytes = new byte[Math.toIntExact(index.offsets()[sample + 1] - offset)];
    synchronized (file) {
      file.seek(offset);
      file.readFully(bytes);
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
