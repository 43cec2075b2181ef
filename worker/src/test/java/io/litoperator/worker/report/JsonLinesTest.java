package io.litoperator.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonLinesTest {

  @Test
  void theSummaryHasItsKindFirstAndScoresByObjective() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    Listeners.of(new JsonLines(new PrintStream(out)))
        .on(new Event.Summary(12.5, Map.of("VIT", Map.of("pope.accuracy", 0.75)), Map.of(), null));

    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"event\":\"summary\",\"wallSeconds\":12.5,"
                + "\"objectives\":{\"VIT\":{\"pope.accuracy\":0.75}},\"seeds\":{}}\n");
  }

  @Test
  void everyListenerIsToldInTurn() {
    List<String> told = new ArrayList<>();

    Listeners.of(event -> told.add("first " + event), event -> told.add("second " + event))
        .on(new Event.Notice("hello"));

    assertThat(told).containsExactly("first Notice[message=hello]", "second Notice[message=hello]");
  }
}
