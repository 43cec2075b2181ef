package io.litoperator.worker.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureDecoderTest {
  @TempDir Path folder;

  static Stream<String> jpegs() {
    return Expected.names(Expected.index()).filter(name -> name.endsWith(".jpg"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jpegs")
  void jpegIsWithinThreeGreyLevelsOfPillow(String name) {
    Picture decoded = PictureDecoder.decode(Expected.FOLDER.resolve(name));
    Picture reference = PictureDecoder.decode(Expected.exact(name));

    assertThat(decoded).hasToString(reference.toString());
    int largest =
        IntStream.range(0, decoded.rgb().length)
            .map(i -> Math.abs((decoded.rgb()[i] & 0xff) - (reference.rgb()[i] & 0xff)))
            .max()
            .orElseThrow();
    assertThat(largest).isLessThanOrEqualTo(3);
  }

  @Test
  void sixteenBitColourKeepsTheHighByte() throws IOException {
    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_USHORT, 1, 1, 3, null);
    raster.setPixel(0, 0, new int[] {0x12ff, 0x8000, 0xfe01});

    assertThat(PictureDecoder.decode(png(ColorSpace.CS_sRGB, raster)).rgb())
        .containsExactly(0x12, 0x80, 0xfe);
  }

  @Test
  void sixteenBitGreyIsClipped() throws IOException {
    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_USHORT, 3, 1, 1, null);
    raster.setPixels(0, 0, 3, 1, new int[] {7, 255, 4096});

    assertThat(PictureDecoder.decode(png(ColorSpace.CS_GRAY, raster)).rgb())
        .containsExactly(7, 7, 7, 255, 255, 255, 255, 255, 255);
  }

  @Test
  void fourBitGreyIsSpreadOverAllLevels() throws IOException {
    byte[] greys = new byte[16];
    for (int i = 0; i < 16; i++) {
      greys[i] = (byte) (17 * i);
    }
    BufferedImage image =
        new BufferedImage(
            2, 1, BufferedImage.TYPE_BYTE_BINARY, new IndexColorModel(4, 16, greys, greys, greys));
    image.getRaster().setPixels(0, 0, 2, 1, new int[] {1, 15});

    assertThat(PictureDecoder.decode(written(image, "png")).rgb())
        .containsExactly(17, 17, 17, 255, 255, 255);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"bmp", "gif"})
  void otherFormatsAreExact(String format) throws IOException {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, 0x102030);
    image.setRGB(1, 0, 0xfffefd);

    assertThat(PictureDecoder.decode(written(image, format)))
        .isEqualTo(new Picture(2, 1, new byte[] {0x10, 0x20, 0x30, -1, -2, -3}));
  }

  /** Decoded by Pillow. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "lossy.webp",
        "lossless.webp",
        "alpha.webp",
        "animated.webp",
        "animated-canvas.webp",
        "grey16-transparent.png",
        "palette-too-short.png"
      })
  void readsAsPillow(String name) throws Exception {
    assertThat(PictureDecoder.decode(picture(name)))
        .isEqualTo(PictureDecoder.decode(picture(name + ".rgb.png")));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"lossy", "lossless", "alpha", "animated"})
  void refusesWebpCutShort(String name) throws Exception {
    byte[] whole = Files.readAllBytes(picture(name + ".webp"));
    for (int length : new int[] {12, 20, whole.length / 2, whole.length - 3}) {
      assertThatThrownBy(() -> PictureDecoder.decode("cut", Arrays.copyOf(whole, length)))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("Picture cut is a damaged WEBP picture");
    }
  }

  private static Path picture(String name) throws URISyntaxException {
    return Path.of(PictureDecoderTest.class.getResource("/pictures/" + name).toURI());
  }

  @Test
  void gifFrameIsPlacedOnItsScreen() throws IOException {
    String screenOf3By2 = "474946383961" + "03000200" + "800000" + "ff0000" + "0000ff";
    String bluePixelAt2And1 = "2c" + "0200010001000100" + "00" + "02" + "024c01" + "00";
    byte[] gif = HexFormat.of().parseHex(screenOf3By2 + bluePixelAt2And1 + "3b");

    Picture picture = PictureDecoder.decode(Files.write(folder.resolve("frame.gif"), gif));

    byte[] expected = {
      -1, 0, 0, -1, 0, 0, -1, 0, 0,
      -1, 0, 0, -1, 0, 0, 0, 0, -1
    };
    assertThat(picture).isEqualTo(new Picture(3, 2, expected));
  }

  @Test
  void jpegWithoutAMarkerIsTakenAsYcbcr() throws IOException {
    byte[] jfif = Files.readAllBytes(Expected.FOLDER.resolve("rgb-444.jpg"));

    Picture plain = PictureDecoder.decode(Files.write(folder.resolve("a.jpg"), withoutApp0(jfif)));

    assertThat(plain).isEqualTo(PictureDecoder.decode(Expected.FOLDER.resolve("rgb-444.jpg")));
  }

  @Test
  void adobeMarkerSaysThatComponentsAreRgb() throws IOException {
    byte[] jpeg = Files.readAllBytes(Expected.FOLDER.resolve("rgb-444.jpg"));
    Picture converted = PictureDecoder.decode(Expected.FOLDER.resolve("rgb-444.jpg"));

    Picture raw =
        PictureDecoder.decode(
            Files.write(folder.resolve("rgb.jpg"), withAdobe(withoutApp0(jpeg), 0)));

    assertThat(converted.rgb().length).isEqualTo(raw.rgb().length);
    for (int i = 0; i < raw.rgb().length; i += 3) {
      double y = raw.rgb()[i] & 0xff;
      double cb = (raw.rgb()[i + 1] & 0xff) - 128;
      double cr = (raw.rgb()[i + 2] & 0xff) - 128;
      assertLevel(converted.rgb()[i], y + 1.402 * cr);
      assertLevel(converted.rgb()[i + 1], y - 0.344136 * cb - 0.714136 * cr);
      assertLevel(converted.rgb()[i + 2], y + 1.772 * cb);
    }
  }

  private static void assertLevel(byte actual, double expected) {
    assertThat((double) (actual & 0xff))
        .isCloseTo(Math.max(0, Math.min(255, expected)), within(0.51));
  }

  static List<Damage> damages() {
    return List.of(
        new Damage("png cut in its pixels", "rgb.png", b -> Arrays.copyOf(b, b.length / 2)),
        new Damage("png without its end", "rgb.png", b -> Arrays.copyOf(b, b.length - 2)),
        new Damage("png with one bit altered", "rgb.png", b -> altered(b, b.length / 2)),
        new Damage("png of a signature", "rgb.png", b -> Arrays.copyOf(b, 8)),
        new Damage("jpeg cut in its pixels", "rgb.jpg", b -> Arrays.copyOf(b, b.length * 2 / 3)),
        new Damage("progressive jpeg cut", "progressive.jpg", b -> Arrays.copyOf(b, b.length / 2)),
        new Damage("jpeg without its end", "rgb.jpg", b -> Arrays.copyOf(b, b.length - 2)),
        new Damage("jpeg of a header", "rgb.jpg", b -> Arrays.copyOf(b, 100)),
        new Damage("jpeg of a signature", "rgb.jpg", b -> Arrays.copyOf(b, 3)),
        new Damage("web page", "rgb.png", b -> "<html>".getBytes(StandardCharsets.UTF_8)),
        new Damage("nothing", "rgb.png", b -> new byte[0]));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damages")
  void refusesDamage(Damage damage) throws IOException {
    byte[] whole = Files.readAllBytes(Expected.FOLDER.resolve(damage.source));
    Path file = Files.write(folder.resolve("broken.png"), damage.change.apply(whole));

    assertThatThrownBy(() -> PictureDecoder.decode(file))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.BAD_DATA))
        .hasMessageContaining(file.toString());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"gif", "bmp"})
  void refusesOtherFormatsCutShort(String format) throws IOException {
    Path whole = written(ImageIO.read(Expected.exact("palette.png").toFile()), format);
    byte[] bytes = Files.readAllBytes(whole);
    Files.write(whole, Arrays.copyOf(bytes, bytes.length / 2));

    assertThatThrownBy(() -> PictureDecoder.decode(whole))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.BAD_DATA));
  }

  @Test
  void refusesAPictureOfAbsurdSize() throws IOException {
    byte[] gif = Files.readAllBytes(written(new BufferedImage(1, 1, 1), "gif"));
    int descriptor = gif.length - 1;
    while (gif[descriptor] != ',') {
      descriptor--;
    }
    Arrays.fill(gif, descriptor + 5, descriptor + 9, (byte) 0xff);
    Path file = Files.write(folder.resolve("bomb.gif"), gif);

    assertThatThrownBy(() -> PictureDecoder.decode(file))
        .hasMessageContaining("header claims 65535×65535 pixels");
  }

  @Test
  void namesAMissingFile() {
    Path file = folder.resolve("none.png");

    assertThatThrownBy(() -> PictureDecoder.decode(file))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INPUT_MISSING))
        .hasMessage("Picture " + file + " does not exist.");
  }

  @Test
  void namesAFolder() {
    assertThatThrownBy(() -> PictureDecoder.decode(folder))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INPUT_MISSING));
  }

  private Path written(BufferedImage image, String format) throws IOException {
    Path file = folder.resolve("picture." + format);
    assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
    return file;
  }

  private Path png(int colourSpace, WritableRaster raster) throws IOException {
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(colourSpace), false, false, 1, raster.getTransferType());
    return written(new BufferedImage(model, raster, false, null), "png");
  }

  private static byte[] altered(byte[] bytes, int at) {
    byte[] copy = bytes.clone();
    copy[at] ^= 1;
    return copy;
  }

  private static byte[] withoutApp0(byte[] jpeg) {
    int length = (jpeg[4] & 0xff) << 8 | jpeg[5] & 0xff;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, 2);
    out.write(jpeg, 4 + length, jpeg.length - 4 - length);
    return out.toByteArray();
  }

  private static byte[] withAdobe(byte[] jpeg, int transform) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, 2);
    out.writeBytes(HexFormat.of().parseHex("ffee000e41646f626500640000000000"));
    out.write(jpeg, 2, jpeg.length - 2);
    byte[] bytes = out.toByteArray();
    bytes[17] = (byte) transform;
    return bytes;
  }

  private record Damage(String name, String source, UnaryOperator<byte[]> change) {
    @Override
    public String toString() {
      return name;
    }
  }
}
