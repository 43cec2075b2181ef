package io.litoperator.worker.data.image;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads PNG, JPEG, WebP, GIF and BMP, of animations the first frame, as Pillow's {@code
 * Image.open(f).convert("RGB")} does: alpha and palette transparency are dropped, CMYK is taken as
 * Adobe writes it (inverted), EXIF rotation, gamma and ICC profiles are ignored. All but JPEG are
 * exact; JPEG decoders may differ by a few grey levels. Thread-safe.
 */
public final class PictureDecoder {
  /** Pillow's bound against decompression bombs. */
  private static final long MOST_PIXELS = 178_956_970;

  /** A square of this side still has fewer bytes than an array can. */
  private static final int LONGEST_SIDE = 26_000;

  private PictureDecoder() {}

  /**
   * Decodes a picture file.
   *
   * @throws Failure INPUT_MISSING where the file is not there or cannot be opened, BAD_DATA where
   *     it is not a whole picture of a known format; the message names the file
   */
  public static Picture decode(Path file) {
    return decode(new StoredPicture.InFile(file));
  }

  /**
   * Decodes a picture.
   *
   * @throws Failure as of {@link #decode(Path)}
   */
  public static Picture decode(StoredPicture picture) {
    return decode(picture.name(), picture.bytes());
  }

  /**
   * Decodes a picture file's content.
   *
   * @param name of the picture, for messages
   * @throws Failure BAD_DATA where it is not a whole picture of a known format
   */
  public static Picture decode(String name, byte[] bytes) {
    if (bytes.length == 0) {
      throw bad(name, "is empty", null);
    }
    PictureFormat format =
        PictureFormat.of(bytes)
            .orElseThrow(() -> bad(name, "is not a PNG, JPEG, WebP, GIF or BMP picture", null));
    try {
      return decode(format, bytes);
    } catch (IOException e) {
      throw bad(name, "is a damaged " + format + " picture: " + reason(e), e);
    } catch (RuntimeException e) {
      // ImageIO's readers answer some damage with unchecked exceptions, such as an index that is
      // out of bounds.
      throw bad(name, "is a damaged " + format + " picture: " + e, e);
    }
  }

  /**
   * As {@link #decode(String, byte[])}, but turned as EXIF data say: what Hugging Face's {@code
   * datasets} makes of a picture in its files.
   */
  public static Picture decodeTurned(String name, byte[] bytes) {
    return decode(name, bytes).oriented(Orientation.of(bytes));
  }

  private static Picture decode(PictureFormat format, byte[] bytes) throws IOException {
    if (format == PictureFormat.WEBP) {
      Optional<WebpFrame> first = WebpFrame.first(bytes);
      return first.isPresent() ? onCanvas(first.get()) : read(format, bytes);
    }
    return read(format, format == PictureFormat.PNG ? PngChunks.opaque(bytes) : bytes);
  }

  /** What the frame leaves uncovered is black. */
  private static Picture onCanvas(WebpFrame frame) throws IOException {
    checkSize(frame.canvasWidth(), frame.canvasHeight());
    Picture.Colour black = new Picture.Colour(0, 0, 0);
    return read(PictureFormat.WEBP, frame.still())
        .onCanvas(frame.canvasWidth(), frame.canvasHeight(), frame.left(), frame.top(), black);
  }

  private static Picture read(PictureFormat format, byte[] bytes) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName(format.readerName()).next();
    // Read from memory: ImageIO's own stream factory may cache on disk.
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(stream, true, format != PictureFormat.GIF);
      checkSize(reader.getWidth(0), reader.getHeight(0));
      return switch (format) {
        case JPEG -> readJpeg(reader, bytes);
        case GIF -> GifScreen.read(reader);
        case PNG, BMP, WEBP -> {
          BufferedImage image = reader.read(0);
          yield RgbRaster.picture(image.getRaster(), image.getColorModel());
        }
      };
    } finally {
      reader.dispose();
    }
  }

  /** Reads raw components, so that no colour management comes between. */
  private static Picture readJpeg(ImageReader reader, byte[] bytes) throws IOException {
    List<String> damage = new ArrayList<>();
    reader.addIIOReadWarningListener(
        (source, warning) -> {
          if (losesPixels(warning)) {
            damage.add(warning);
          }
        });
    Raster raster = reader.readRaster(0, null);
    if (!damage.isEmpty()) {
      throw new IOException(damage.get(0));
    }
    return JpegColours.of(bytes).picture(raster);
  }

  /** The decoder fills what is missing with grey and only warns, where Pillow refuses. */
  private static boolean losesPixels(String warning) {
    return warning.startsWith("Truncated File") || warning.contains("premature end");
  }

  private static void checkSize(int width, int height) throws IOException {
    if ((long) width * height > MOST_PIXELS || Math.max(width, height) > LONGEST_SIDE) {
      throw new IOException(
          "its header claims %d×%d pixels, more than the %d (longest side %d) that are read"
              .formatted(width, height, MOST_PIXELS, LONGEST_SIDE));
    }
  }

  /** The innermost message, as ImageIO's outermost says only that reading failed. */
  private static String reason(Throwable problem) {
    Throwable cause = problem;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return Optional.ofNullable(cause.getMessage()).orElse(cause.getClass().getSimpleName());
  }

  private static Failure bad(String name, String problem, Exception cause) {
    return new Failure(
        ExitCode.BAD_DATA,
        "Picture %s %s; replace it or remove it from the data.".formatted(name, problem),
        cause);
  }
}
