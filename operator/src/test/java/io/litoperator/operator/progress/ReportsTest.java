package io.litoperator.operator.progress;

import static io.litoperator.operator.progress.Fixtures.POD_UID;
import static io.litoperator.operator.progress.Fixtures.checkpoint;
import static io.litoperator.operator.progress.Fixtures.evaluation;
import static io.litoperator.operator.progress.Fixtures.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.SavedCheckpoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ReportsTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
  private static final ProgressStatus NOTHING = ProgressStatus.of(null);

  @Test
  void theHeartbeatIsOfTheOperatorsClock() {
    assertThat(fold(NOTHING, report(1)).progress().lastHeartbeat())
        .isEqualTo("2026-11-23T10:00:00Z");
  }

  @Test
  void nothingReportedHasHappenedLaterThanNow() {
    SavedCheckpoint tomorrow =
        new SavedCheckpoint("finetune", 1L, "u", 1L, "d", "2026-11-24T09:00:00Z", null);

    assertThat(fold(NOTHING, report(1, List.of(tomorrow), List.of())).checkpoints())
        .extracting(SavedCheckpoint::savedAt)
        .containsExactly("2026-11-23T10:00:00Z");
  }

  @Test
  void theSameReportChangesNothing() {
    ProgressReport report = report(5, List.of(checkpoint("finetune", 5, null)), List.of());
    ProgressStatus once = fold(NOTHING, report);

    assertThat(Reports.fold(once, POD_UID, report, NOW.plusSeconds(60))).isSameAs(once);
  }

  @Test
  void aReportWithoutProgressKeepsTheFormer() {
    ProgressStatus before = fold(NOTHING, report(5));

    ProgressStatus after = fold(before, report(1, 6, Activity.WAITING, null));

    assertThat(after.progress()).isEqualTo(before.progress());
  }

  @Test
  void aCheckpointSavedAgainComesLast() {
    ProgressStatus before =
        fold(
            NOTHING,
            report(
                1,
                List.of(checkpoint("finetune", 1, null), checkpoint("finetune", 2, null)),
                List.of()));

    ProgressStatus after =
        fold(before, report(2, List.of(checkpoint("finetune", 1, null)), List.of()));

    assertThat(after.checkpoints()).extracting(SavedCheckpoint::step).containsExactly(2L, 1L);
    assertThat(after.latestCheckpoint()).isEqualTo("finetune-1");
  }

  @Test
  void theBestCheckpointIsTheOneThatIsReported() {
    ProgressStatus none =
        fold(NOTHING, report(1, List.of(checkpoint("finetune", 1, null)), List.of()));
    assertThat(none.bestCheckpoint()).isNull();

    List<SavedCheckpoint> checkpoints =
        List.of(checkpoint("finetune", 1, "0.1"), checkpoint("finetune", 2, "0.9"));
    ProgressStatus scored = fold(none, report(2, checkpoints, "finetune-1", List.of()));
    assertThat(scored.bestCheckpoint()).isEqualTo("finetune-1");
    assertThat(scored.latestCheckpoint()).isEqualTo("finetune-2");

    // A coordinator that has not looked yet does not take it back.
    assertThat(fold(scored, report(3, checkpoints, List.of())).bestCheckpoint())
        .isEqualTo("finetune-1");
  }

  @Property(tries = 200)
  void listsStayBoundedAndWithoutDoubles(
      @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 40) Integer> steps) {
    ProgressStatus status = NOTHING;
    long sequence = 0;
    List<SavedCheckpoint> known = new ArrayList<>();
    for (int step : steps) {
      known.add(checkpoint("finetune", step, null));
      List<SavedCheckpoint> newest = known.subList(Math.max(0, known.size() - 3), known.size());
      status =
          fold(status, report(++sequence, newest, List.of(evaluation("pope", "f1", "0.5", step))));
    }

    if (!steps.isEmpty()) {
      assertThat(status.checkpoints())
          .hasSizeLessThanOrEqualTo(20)
          .hasSize(Math.min(20, new HashSet<>(steps).size()))
          .doesNotHaveDuplicates();
      assertThat(status.latestCheckpoint()).isEqualTo("finetune-" + steps.get(steps.size() - 1));
      assertThat(status.evaluations()).hasSize(new HashSet<>(steps).size());
    }
  }

  private static ProgressStatus fold(ProgressStatus before, ProgressReport report) {
    return Reports.fold(before, POD_UID, report, NOW);
  }
}
