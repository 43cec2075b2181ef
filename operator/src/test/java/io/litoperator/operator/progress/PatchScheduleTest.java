package io.litoperator.operator.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PatchScheduleTest {
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final PatchSchedule schedule = new PatchSchedule(INTERVAL, 1000, 1000, 0);

  @Test
  void theFirstIsWrittenAtOnce() {
    schedule.offer("a", false, 0);

    assertThat(schedule.next(0)).contains("a");
    assertThat(schedule.next(0)).isEmpty();
  }

  @Test
  void theNextWaitsForTheIntervalAndNewsDoesNot() {
    write("a", 0);
    schedule.offer("a", false, SECOND);

    assertThat(schedule.next(SECOND)).isEmpty();
    assertThat(schedule.untilNext(SECOND)).contains(Duration.ofSeconds(4));

    schedule.offer("a", true, 2 * SECOND);
    assertThat(schedule.next(2 * SECOND)).contains("a");
  }

  @Test
  void aJobIsWrittenByOnePatchAtATime() {
    schedule.offer("a", true, 0);
    schedule.next(0);
    schedule.offer("a", true, 0);

    assertThat(schedule.next(SECOND)).isEmpty();
    schedule.ended("a", SECOND);
    assertThat(schedule.next(SECOND)).contains("a");
  }

  @Test
  void newsGoesFirst() {
    schedule.offer("a", false, 0);
    schedule.offer("b", true, 0);

    assertThat(schedule.next(0)).contains("b");
    assertThat(schedule.next(0)).contains("a");
  }

  @Test
  void underLoadAllJobsGetTheSameShare() {
    PatchSchedule slow = new PatchSchedule(INTERVAL, 10, 100, 0);
    Map<String, Integer> writes = new HashMap<>();
    for (long now = 0; now < 100 * SECOND; now += SECOND / 10) {
      for (int job = 0; job < 100; job++) {
        slow.offer("job-" + job, false, now);
      }
      for (Optional<String> next = slow.next(now); next.isPresent(); next = slow.next(now)) {
        writes.merge(next.get(), 1, Integer::sum);
        slow.ended(next.get(), now);
      }
    }

    assertThat(writes).hasSize(100);
    assertThat(writes.values()).allSatisfy(count -> assertThat(count).isBetween(9, 11));
  }

  @Test
  void aForgottenJobIsNotWritten() {
    schedule.offer("a", true, 0);
    schedule.forget("a");

    assertThat(schedule.next(0)).isEmpty();
    assertThat(schedule.untilNext(0)).isEmpty();
  }

  /** Each number is a job offered after some time; odd ones are news. */
  @Property(tries = 200)
  void noPatchIsEarlyDoubledOrLost(
      @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 9) Integer> offers) {
    PatchSchedule tested = new PatchSchedule(INTERVAL, 2, 4, 0);
    Map<String, Long> endedAt = new HashMap<>();
    Set<String> waiting = new HashSet<>();
    Set<String> news = new HashSet<>();
    List<Long> written = new ArrayList<>();
    long now = 0;
    for (int i = 0; i < offers.size() + 1000; i++) {
      now += SECOND / 3;
      if (i < offers.size()) {
        String job = "job-" + offers.get(i) / 2;
        boolean isNews = offers.get(i) % 2 == 1;
        tested.offer(job, isNews, now);
        waiting.add(job);
        if (isNews) {
          news.add(job);
        }
      }
      Optional<String> next = tested.next(now);
      if (next.isPresent()) {
        String job = next.get();
        assertThat(waiting.remove(job)).as("was offered").isTrue();
        if (!news.remove(job)) {
          assertThat(now - endedAt.getOrDefault(job, -INTERVAL.toNanos()))
              .isGreaterThanOrEqualTo(INTERVAL.toNanos());
        }
        written.add(now);
        tested.ended(job, now);
        endedAt.put(job, now);
      }
    }

    assertThat(waiting).as("all are written in the end").isEmpty();
    assertThat(tested.size()).isZero();
    for (int i = 4; i + 4 < written.size(); i++) {
      assertThat(written.get(i + 4) - written.get(i - 4)).isGreaterThanOrEqualTo(SECOND);
    }
  }

  private void write(String job, long now) {
    schedule.offer(job, false, now);
    schedule.next(now);
    schedule.ended(job, now);
  }
}
