package io.litoperator.worker.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ImageProcessorTest {
  @TempDir Path folder;

  static Stream<Arguments> pictures() {
    return Expected.names(Expected.index())
        .flatMap(n -> Stream.of(View.values()).map(v -> Arguments.of(n, v)));
  }

  static Stream<Arguments> largePictures() {
    return Expected.names(Expected.index())
        .filter(n -> Expected.index().path(n).has("large"))
        .flatMap(n -> Stream.of(View.values()).map(v -> Arguments.of(n, v)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("pictures")
  void equalsTheReference(String name, View view) {
    int side = Expected.side(name + ".safetensors", view.tensor);

    Pixels pixels = view.processor(side).process(Expected.exact(name));

    assertThat(pixels.width()).isEqualTo(side);
    assertThat(pixels.height()).isEqualTo(side);
    assertSame(pixels.values(), Expected.tensor(name + ".safetensors", view.tensor));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("largePictures")
  void equalsTheReferenceAtFullSize(String name, View view) throws Exception {
    JsonNode large = Expected.index().path(name).path("large");
    String key = Expected.names(large).filter(view::isKey).findFirst().orElseThrow();
    JsonNode expected = large.path(key);
    ImageProcessor processor = view.processor(expected.path("shape").path(1).asInt());

    Picture fitted = processor.fit(PictureDecoder.decode(Expected.exact(name)));
    Pixels pixels = processor.process(Expected.exact(name));

    assertThat(sha256(fitted.rgb())).isEqualTo(expected.path("sha256_of_hwc_bytes").asText());
    double sum = 0;
    double magnitude = 0;
    for (float value : pixels.values()) {
      sum += value;
      magnitude += Math.abs(value);
    }
    double rounding = 1e-6 * magnitude;
    assertThat(sum).isCloseTo(expected.path("sum").asDouble(), within(rounding));
    assertThat(magnitude).isCloseTo(expected.path("abs_sum").asDouble(), within(rounding));
    assertSame(cropped(pixels), Expected.tensor(name + ".large.safetensors", key + ".crop"));
  }

  @Test
  void cropLargerThanThePictureIsBlackOutside() throws Exception {
    ImageProcessor processor =
        open(
            """
            {"do_resize": false, "do_normalize": false, "do_rescale": false,
             "crop_size": {"height": 4, "width": 5}}""",
            ImageAspect.SQUARE);
    Picture white = Picture.filled(2, 1, new Picture.Colour(255, 254, 253));

    Pixels pixels = processor.process(white);

    float[] red = new float[4 * 5];
    red[2 * 5 + 2] = 255;
    red[2 * 5 + 3] = 255;
    assertThat(pixels.height()).isEqualTo(4);
    assertThat(pixels.width()).isEqualTo(5);
    assertThat(pixels.values()).startsWith(red).hasSize(60).endsWith(0, 0, 0);
  }

  @Test
  void veryLongPictureCostsNoMoreThanItsWindow() throws Exception {
    ImageProcessor processor = open("{\"size\": 336, \"crop_size\": 336}", ImageAspect.SQUARE);

    Pixels pixels = processor.process(Picture.filled(1, 26_000, new Picture.Colour(9, 9, 9)));

    assertThat(pixels.values()).hasSize(3 * 336 * 336);
    assertThat(pixels.values()[336 * 336 / 2]).isEqualTo(pixels.values()[0]);
  }

  /** Bit-equal; a failure names the first difference rather than print both arrays. */
  static void assertSame(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    int at = Arrays.mismatch(actual, expected);
    assertThat(at)
        .as(() -> "first difference at %d: %s, not %s".formatted(at, actual[at], expected[at]))
        .isEqualTo(-1);
  }

  private ImageProcessor open(String config, ImageAspect aspect) throws Exception {
    Files.writeString(folder.resolve("preprocessor_config.json"), config);
    return ImageProcessor.open(folder, aspect, List.of());
  }

  /** The part that the fixtures keep: rows 100 to 131, columns 60 to 91 of each channel. */
  private static float[] cropped(Pixels pixels) {
    float[] part = new float[3 * 32 * 32];
    int to = 0;
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 100; y < 132; y++) {
        int from = (channel * pixels.height() + y) * pixels.width() + 60;
        System.arraycopy(pixels.values(), from, part, to, 32);
        to += 32;
      }
    }
    return part;
  }

  static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  /** A way of fitting, by the fixtures' names. */
  enum View {
    CLIP_SQUARE("clip_square", ImageAspect.SQUARE),
    CLIP_PAD("clip_pad", ImageAspect.PAD),
    SIGLIP("siglip", ImageAspect.SQUARE);

    private final String tensor;
    private final ImageAspect aspect;

    View(String tensor, ImageAspect aspect) {
      this.tensor = tensor;
      this.aspect = aspect;
    }

    /** Whether a name of the fixtures, such as {@code siglip_384}, is of this view. */
    boolean isKey(String name) {
      return name.startsWith(tensor + "_");
    }

    ImageProcessor processor(int side) {
      String config =
          this == SIGLIP
              ? "{'image_processor_type':'SiglipImageProcessor','size':{'height':%1$d,'width':%1$d}}"
              : "{'size':{'shortest_edge':%1$d},'crop_size':{'height':%1$d,'width':%1$d}}";
      return new ImageProcessor(
          ProcessorConfigReaderTest.parse(config.formatted(side).replace('\'', '"')),
          aspect,
          List.of());
    }
  }
}
