package io.litoperator.worker.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonLinesTest {

  @Test
  void theSummaryHasItsKindFirstAndScoresByObjective() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    Listeners.of(new JsonLines(out))
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

  @Test
  void aFullDiskIsAStorageFault() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };

    assertThatThrownBy(() -> new JsonLines(full).on(new Event.Notice("hello")))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("No space left on device")
        .extracting(e -> ((Failure) e).exitCode())
        .isEqualTo(ExitCode.STORAGE);
  }
}
