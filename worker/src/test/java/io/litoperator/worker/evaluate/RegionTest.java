package io.litoperator.worker.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.data.image.Picture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pillow's drawings on a black picture, row by row. */
class RegionTest {
  private static final Picture BLACK = new Picture(12, 10, new byte[12 * 10 * 3]);

  private static List<String> rows(Picture picture) {
    List<String> rows = new ArrayList<>();
    for (int y = 0; y < picture.height(); y++) {
      StringBuilder row = new StringBuilder();
      for (int x = 0; x < picture.width(); x++) {
        row.append(picture.rgb()[(y * picture.width() + x) * 3] == 0 ? '.' : '#');
      }
      rows.add(row.toString());
    }
    return rows;
  }

  @Test
  void aBoxIsRedAndItsCornersAreWholePixels() {
    Picture drawn = new Region.Box(1.2, 2.7, 5.5, 4.4).drawnIn(BLACK);

    assertThat(rows(drawn))
        .containsExactly(
            "............",
            "............",
            ".######.....",
            ".#....#.....",
            ".#....#.....",
            ".#....#.....",
            ".#....#.....",
            ".######.....",
            "............",
            "............");
    int at = (2 * 12 + 1) * 3;
    assertThat(List.of(drawn.rgb()[at], drawn.rgb()[at + 1], drawn.rgb()[at + 2]))
        .containsExactly((byte) 255, (byte) 0, (byte) 0);
  }

  @Test
  void aBoxMayReachBeyondThePicture() {
    assertThat(rows(new Region.Box(-3, 2, 43, 28).drawnIn(BLACK)).get(2)).isEqualTo("############");
  }

  @Test
  void aPolygonIsWhite() {
    Picture drawn = new Region.Polygon(List.of(1.5, 1.5, 9.9, 2.2, 6.1, 8.8)).drawnIn(BLACK);

    assertThat(rows(drawn))
        .containsExactly(
            "............",
            ".####.......",
            "..#..#####..",
            "..#.....#...",
            "...#....#...",
            "....#..#....",
            ".....#.#....",
            ".....##.....",
            "......#.....",
            "............");
    assertThat(drawn.rgb()[(12 + 1) * 3 + 2]).isEqualTo((byte) 255);
  }

  @Test
  void thePictureItselfStaysAsItIs() {
    new Region.Box(0, 0, 5, 5).drawnIn(BLACK);

    assertThat(BLACK.rgb()).containsOnly(0);
  }
}
