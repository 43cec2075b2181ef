package io.litoperator.worker.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Against Pillow's {@code exif_transpose}, {@code orientation_reference.py}. */
class OrientationTest {
  static List<Arguments> pictures() throws IOException {
    List<Arguments> cases = new ArrayList<>();
    try (InputStream in = OrientationTest.class.getResourceAsStream("/pictures/oriented.json")) {
      for (JsonNode picture : new ObjectMapper().readTree(in)) {
        String orientation = picture.get("orientation").asText();
        cases.add(Arguments.of(picture.get("form").asText(), orientation, picture));
      }
    }
    return cases;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("pictures")
  void equalsTheReference(String form, String orientation, JsonNode expected) {
    byte[] file = HexFormat.of().parseHex(expected.get("file").asText());

    Picture picture = PictureDecoder.decodeTurned(form, file);

    assertThat(picture.width()).isEqualTo(expected.get("width").asInt());
    assertThat(picture.height()).isEqualTo(expected.get("height").asInt());
    int block = expected.get("block").asInt();
    int at = 0;
    for (int y = block / 2; y < picture.height(); y += block) {
      for (int x = block / 2; x < picture.width(); x += block) {
        JsonNode colour = expected.get("middles").get(at++);
        for (int channel = 0; channel < 3; channel++) {
          int level = picture.rgb()[(y * picture.width() + x) * 3 + channel] & 0xff;
          assertThat(Math.abs(level - colour.get(channel).asInt()))
              .isLessThanOrEqualTo(form.equals("JPEG") ? 3 : 0);
        }
      }
    }
  }

  /** Wherever the data end before that, the picture is taken as it is. */
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("pictures")
  void itIsWhatItsEntrySaysOnceThatIsThere(String form, String orientation, JsonNode picture) {
    String hex = picture.get("file").asText();
    byte[] file = HexFormat.of().parseHex(hex);
    // Its tag, and that it is a short number, as either byte order has them.
    int entry = Math.max(hex.indexOf("01120003"), hex.indexOf("12010300")) / 2;
    int said = orientation.matches("[1-8]") ? Integer.parseInt(orientation) : 1;

    for (int length = 0; length <= file.length; length++) {
      assertThat(Orientation.of(Arrays.copyOf(file, length)))
          .as("of %d of %d bytes", length, file.length)
          .isEqualTo(length < entry + 12 ? 1 : said);
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("pictures")
  void aWrongByteNeverEndsIt(String form, String orientation, JsonNode picture) {
    byte[] file = HexFormat.of().parseHex(picture.get("file").asText());
    for (int at = 0; at < file.length; at++) {
      for (byte wrong : new byte[] {0, 0x7f, -1}) {
        byte[] broken = file.clone();
        broken[at] = wrong;
        assertThat(Orientation.of(broken)).as("with %d at %d", wrong, at).isBetween(1, 8);
      }
    }
  }
}
