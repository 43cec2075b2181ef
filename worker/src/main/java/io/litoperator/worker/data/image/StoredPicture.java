package io.litoperator.worker.data.image;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Supplier;

/** A picture as its data set stores it, in one of the formats of {@link PictureDecoder}. */
public sealed interface StoredPicture {
  /** As errors name it. */
  String name();

  /**
   * The picture's bytes, read when asked for.
   *
   * @throws Failure INPUT_MISSING, STORAGE or BAD_DATA, naming the picture, if there are none
   */
  byte[] bytes();

  /** A file, which may not be there. */
  record InFile(Path file) implements StoredPicture {
    @Override
    public String name() {
      return file.toString();
    }

    @Override
    public byte[] bytes() {
      try {
        return Files.readAllBytes(file);
      } catch (NoSuchFileException e) {
        throw new Failure(ExitCode.INPUT_MISSING, "Picture " + file + " does not exist.", e);
      } catch (AccessDeniedException e) {
        throw new Failure(
            ExitCode.INPUT_MISSING, "Picture " + file + " may not be read: permission denied.", e);
      } catch (IOException e) {
        throw new Failure(
            ExitCode.ofReading(file, e),
            "Picture %s cannot be read: %s.".formatted(file, e.getMessage()),
            e);
      }
    }
  }

  /** A part of a larger file. */
  record Embedded(String name, Supplier<byte[]> content) implements StoredPicture {
    @Override
    public byte[] bytes() {
      return content.get();
    }
  }
}
