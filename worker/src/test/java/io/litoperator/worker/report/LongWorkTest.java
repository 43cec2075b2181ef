package io.litoperator.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LongWorkTest {
  private static final String WRITING = "writing finetune-30";

  private final List<Event> told = new ArrayList<>();
  private long now;
  private final LongWork work = new LongWork(told::add, () -> now);

  @Test
  void shortWorkIsNotToldOf() {
    for (int done = 0; done <= 100; done += 25) {
      work.on(WRITING, done, 100);
      pass(1);
    }

    assertThat(told).isEmpty();
  }

  @Test
  void longWorkIsToldOfEveryFewSecondsAndAtItsEnd() {
    for (int done = 0; done <= 130; done += 10) {
      work.on(WRITING, done, 130);
      pass(1);
    }

    assertThat(told)
        .containsExactly(
            new Event.FileProgress(WRITING, 50, 130, 10, 8),
            new Event.FileProgress(WRITING, 100, 130, 10, 3),
            new Event.FileProgress(WRITING, 130, 130, 10, 0));
  }

  @Test
  void workThatGetsSlowerIsToldAtTheRecentRate() {
    work.on(WRITING, 0, 1000);
    pass(5);
    work.on(WRITING, 500, 1000);
    pass(10);
    work.on(WRITING, 510, 1000);

    assertThat(told)
        .containsExactly(
            new Event.FileProgress(WRITING, 500, 1000, 100, 5),
            new Event.FileProgress(WRITING, 510, 1000, 1, 490));
  }

  @Test
  void whatSeveralDoIsToldTogether() {
    work.on(0, WRITING, 0, 100);
    work.on(1, WRITING, 0, 300);
    pass(4);
    work.on(0, WRITING, 100, 100);
    pass(1);
    work.on(1, WRITING, 50, 300);
    pass(5);
    work.on(1, WRITING, 300, 300);

    assertThat(told)
        .containsExactly(
            new Event.FileProgress(WRITING, 150, 400, 30, 250 / 30.0),
            new Event.FileProgress(WRITING, 400, 400, 50, 0));
  }

  @Test
  void aTryThatFailedTakesItsBytesBack() {
    work.on(WRITING, 0, 1000);
    pass(5);
    work.on(WRITING, 500, 1000);
    pass(5);
    work.on(WRITING, 100, 1000);
    pass(5);
    work.on(WRITING, 200, 1000);

    assertThat(told)
        .containsExactly(
            new Event.FileProgress(WRITING, 500, 1000, 100, 5),
            new Event.FileProgress(WRITING, 200, 1000, 20, 40));
  }

  @Test
  void theSameWorkDoneAgainIsMeasuredAnew() {
    work.on(WRITING, 0, 100);
    work.on(WRITING, 100, 100);
    pass(3600);
    work.on(WRITING, 0, 100);
    pass(5);
    work.on(WRITING, 50, 100);

    assertThat(told).containsExactly(new Event.FileProgress(WRITING, 50, 100, 10, 5));
  }

  private void pass(int seconds) {
    now += Duration.ofSeconds(seconds).toNanos();
  }
}
