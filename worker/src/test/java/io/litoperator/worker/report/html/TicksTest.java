package io.litoperator.worker.report.html;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TicksTest {

  @Property
  void holdWhatIsShownInFewSteps(
      @ForAll @DoubleRange(min = -1e6, max = 1e6) double low,
      @ForAll @DoubleRange(min = 0.01, max = 1e6) double span) {
    Ticks ticks = Ticks.between(low, low + span, 4);

    double slack = 1e-6 * ticks.step();
    assertThat(ticks.low()).isLessThanOrEqualTo(low + slack);
    assertThat(ticks.high()).isGreaterThanOrEqualTo(low + span - slack);
    assertThat(ticks.values()).hasSizeBetween(2, 7).isSorted();
  }

  @ParameterizedTest(name = "0 to {0}: {1}")
  @CsvSource({
    "350, '0 100 200 300 400'",
    "0.003, '0 0.001 0.002 0.003'",
    "2e-5, '0 5e-6 1e-5 1.5e-5 2e-5'",
    "4.1, '0 2 4 6'",
    "0, '0 0.5 1'"
  })
  void areLabelledShortly(double high, String labels) {
    Ticks ticks = Ticks.between(0, high, 4);

    assertThat(String.join(" ", ticks.values().stream().map(ticks::label).toList()))
        .isEqualTo(labels);
  }
}
