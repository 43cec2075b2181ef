package io.litoperator.worker.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Help.Ansi;

class ScreenTest {

  static Stream<Arguments> screens() {
    return Stream.of(
        argumentSet("terminal", Map.of(), true, "40 132", new Screen(true, 132, Ansi.ON)),
        argumentSet("no terminal", Map.of(), false, "", new Screen(false, 80, Ansi.OFF)),
        argumentSet(
            "COLUMNS first",
            Map.of("COLUMNS", "99"),
            true,
            "40 132",
            new Screen(true, 99, Ansi.ON)),
        argumentSet(
            "NO_COLOR", Map.of("NO_COLOR", "1"), true, "40 132", new Screen(true, 132, Ansi.OFF)),
        argumentSet(
            "empty NO_COLOR", Map.of("NO_COLOR", ""), true, "", new Screen(true, 80, Ansi.ON)),
        argumentSet(
            "TERM=dumb", Map.of("TERM", "dumb"), true, "40 132", new Screen(false, 132, Ansi.OFF)),
        argumentSet(
            "no number", Map.of("COLUMNS", "wide"), true, "0 0", new Screen(true, 80, Ansi.ON)));
  }

  @ParameterizedTest
  @MethodSource("screens")
  void isWhatEnvironmentAndTerminalSay(
      Map<String, String> environment, boolean terminal, String size, Screen expected) {
    assertThat(Screen.of(environment, terminal, size)).isEqualTo(expected);
  }
}
