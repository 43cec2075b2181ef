package io.litoperator.worker.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TilingTest {
  private static final int PATCHES = 24;

  @ParameterizedTest(name = "{0}×{1} on {2}×{3} tiles")
  @CsvSource({
    "672, 672, 2, 2, 48, 48",
    "640, 480, 2, 2, 36, 48",
    "480, 640, 2, 2, 48, 36",
    "2000, 300, 1, 3, 10, 72"
  })
  void paddingIsCutOff(int width, int height, int rows, int columns, int high, int wide) {
    Tiling.Kept kept = new Tiling(rows, columns, width, height).kept(PATCHES);
    assertThat(kept.rows()).isEqualTo(high);
    assertThat(kept.columns()).isEqualTo(wide);
    assertThat(kept.firstRow()).isEqualTo(rows * PATCHES - kept.endRow());
    assertThat(kept.firstColumn()).isEqualTo(columns * PATCHES - kept.endColumn());
  }

  @Test
  void whatIsKeptIsRoundedDownAndItsMarginToo() {
    assertThat(new Tiling(3, 1, 235, 1128).kept(PATCHES).columns()).isEqualTo(14);
  }
}
