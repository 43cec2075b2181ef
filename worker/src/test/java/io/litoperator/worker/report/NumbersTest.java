package io.litoperator.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {

  @ParameterizedTest(name = "{0} s is {1}")
  @CsvSource({
    "0.04, 0.0 s", "9.94, 9.9 s", "9.96, 10 s", "59.4, 59 s", "59.6, 1 min 00 s",
    "185, 3 min 05 s", "3599.7, 1 h 00 min", "7620, 2 h 07 min", "NaN, –", "-1, –"
  })
  void durations(double seconds, String shown) {
    assertThat(Numbers.duration(seconds)).isEqualTo(shown);
  }

  @ParameterizedTest(name = "{0} bytes are {1}")
  @CsvSource({"0, 0 B", "1023, 1023 B", "1536, 1.5 KiB", "5368709120, 5.0 GiB"})
  void bytes(long bytes, String shown) {
    assertThat(Numbers.bytes(bytes)).isEqualTo(shown);
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "0, 0",
    "1.2345, 1.23",
    "212.4, 212",
    "0.012345, 0.0123",
    "1e-5, 1.00e-05",
    "-0.5, -0.500",
    "'12345', '12,345'",
    "NaN, NaN"
  })
  void measures(double value, String shown) {
    assertThat(Numbers.measure(value)).isEqualTo(shown);
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({"0.3931, +0.393", "-0.125, −0.125", "-0.0001, 0.000"})
  void differences(double value, String shown) {
    assertThat(Numbers.difference(value)).isEqualTo(shown);
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({"999, 999", "12345, 12.3 k", "812416, 812.4 k", "7062900000, 7.1 B"})
  void shortCounts(long count, String shown) {
    assertThat(Numbers.shortCount(count)).isEqualTo(shown);
  }
}
