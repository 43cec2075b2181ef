package io.litoperator.worker.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JpegColoursTest {
  private static final String JFIF = "ffe000104a46494600010100000100010000";
  private static final String ADOBE = "ffee000e41646f6265006400000000";
  private static final String SCAN = "ffda0008";

  @ParameterizedTest(name = "components {0}, {1}: {2}")
  @CsvSource({
    "01, nothing, GREY",
    "010203, nothing, YCBCR",
    "010203, jfif, YCBCR",
    "524742, nothing, RGB",
    "524742, jfif, YCBCR",
    "010203, adobe 00, RGB",
    "010203, adobe 01, YCBCR",
    "524742, adobe 01, YCBCR",
    "01020304, nothing, CMYK",
    "01020304, adobe 00, CMYK",
    "01020304, adobe 02, YCCK"
  })
  void decidesAsLibjpegDoes(String ids, String marker, JpegColours expected) throws IOException {
    assertThat(JpegColours.of(header(ids, marker))).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"ffd8, cut off", "ffd8ffe0, cut off", "ffd8001122334455, cut off or altered"})
  void refusesABrokenHeader(String bytes, String message) {
    assertThatThrownBy(() -> JpegColours.of(HexFormat.of().parseHex(bytes)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesTwoComponents() {
    assertThatThrownBy(() -> JpegColours.of(header("0102", "nothing")))
        .hasMessage("it has 2 colour components");
  }

  /** CMYK as Pillow 13 shows it; the others follow from the formulas. */
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "GREY, 50, 505050",
    "RGB, 102030, 102030",
    "YCBCR, f89cab, ffd0ff",
    "YCBCR, 0000ff, b20000",
    "CMYK, fff976ff, fff976",
    "CMYK, 804020ff, 804020",
    "CMYK, ffffff80, 808080",
    "CMYK, 11223344, 05090e",
    "YCCK, 808080ff, 7f7f7f"
  })
  void convertsAsLibjpegAndPillowDo(JpegColours colours, String raw, String rgb)
      throws IOException {
    byte[] samples = HexFormat.of().parseHex(raw);
    WritableRaster raster =
        Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 1, 1, samples.length, null);
    raster.setDataElements(0, 0, samples);

    assertThat(HexFormat.of().formatHex(colours.picture(raster).rgb())).isEqualTo(rgb);
  }

  private static byte[] header(String ids, String marker) {
    String segment =
        switch (marker) {
          case "jfif" -> JFIF;
          case "nothing" -> "";
          default -> ADOBE + marker.substring("adobe ".length());
        };
    int count = ids.length() / 2;
    StringBuilder frame =
        new StringBuilder("ffc0%04x0800010001%02x".formatted(8 + 3 * count, count));
    for (int i = 0; i < count; i++) {
      frame.append(ids, 2 * i, 2 * i + 2).append("1100");
    }
    return HexFormat.of().parseHex("ffd8" + segment + frame + SCAN);
  }
}
