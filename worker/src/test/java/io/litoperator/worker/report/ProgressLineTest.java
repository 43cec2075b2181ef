package io.litoperator.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

class ProgressLineTest {
  private static final Event.Step STEP =
      new Event.Step(
          "finetune",
          42,
          350,
          0.9,
          0.8123,
          1.1,
          0.6,
          3e-3,
          1.2,
          212.4,
          8000,
          0.5,
          Histories.TIMES,
          1 << 30,
          72.4);

  @Test
  void tellsAllThatAPersonWaitsFor() {
    assertThat(ProgressLine.of("LIT", STEP).plain())
        .isEqualTo(
            "LIT finetune  42/350   12%  loss 0.812 (instruction 1.10, answer 0.600)"
                + "  212 samples/s  1 min 12 s left");
  }

  @Test
  void namesNoPartsOfALossThatHasNone() {
    assertThat(ProgressLine.of("", Histories.step("pretrain", 1, 9, 2.5)).plain())
        .isEqualTo("pretrain 1/9   11%  loss 2.50  100 samples/s  10 s left");
  }

  @Test
  void theBarTakesTheRoomThatIsLeft() {
    ProgressLine line = ProgressLine.counting("pretrain", 5, 10, List.of("9 s left"));

    assertThat(line.fitted(50, Ansi.OFF))
        .isEqualTo("pretrain  5/10  ━━━━━━━━━─────────   50%  9 s left")
        .hasSize(50);
    assertThat(line.fitted(200, Ansi.OFF)).contains("━".repeat(12) + "─".repeat(12));
  }

  @Test
  void coloursTakeNoRoom() {
    ProgressLine line = ProgressLine.of("LIT", STEP);

    String coloured = line.fitted(120, Ansi.ON);
    assertThat(coloured).contains("\u001b[");
    assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(line.fitted(120, Ansi.OFF));
  }

  @Test
  void aNarrowLineKeepsProgressAndTimeLeft() {
    assertThat(ProgressLine.of("LIT", STEP).fitted(50, Ansi.OFF))
        .startsWith("LIT finetune  42/350")
        .contains("12%")
        .endsWith("1 min 12 s left");
  }

  @Property
  void neverExceedsTheWidth(
      @ForAll @IntRange(max = 200) int width,
      @ForAll @LongRange(max = 1_000_000) long done,
      @ForAll @LongRange(max = 1_000_000) long total) {
    ProgressLine line =
        ProgressLine.counting("finetune", done, total, List.of("loss 1.23", "9 s left"));

    assertThat(line.fitted(width, Ansi.OFF).length()).isLessThanOrEqualTo(width);
    assertThat(line.percent()).isBetween(0, 100);
  }
}
