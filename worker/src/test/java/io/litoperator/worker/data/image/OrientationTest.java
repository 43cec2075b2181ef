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
import org.junit.jupiter.api.Test;
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

  /** Wherever the data end, the picture is taken as it is. */
  @Test
  void brokenDataTurnNothing() throws IOException {
    for (Arguments picture : pictures()) {
      byte[] file = HexFormat.of().parseHex(((JsonNode) picture.get()[2]).get("file").asText());
      for (int length = 0; length < file.length; length++) {
        assertThat(Orientation.of(Arrays.copyOf(file, length))).isBetween(1, 8);
      }
    }
  }
}
