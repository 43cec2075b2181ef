package io.litoperator.chart.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class KstatusTest {
  @Test
  void aJobThatSucceededIsCurrent() {
    assertThat(Kstatus.of(Jobs.in(Phase.SUCCEEDED))).isEqualTo(Kstatus.CURRENT);
  }

  @Test
  void aJobThatFailedHasFailed() {
    assertThat(Kstatus.of(Jobs.in(Phase.FAILED))).isEqualTo(Kstatus.FAILED);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"SUCCEEDED", "FAILED"})
  void everyOtherJobIsInProgress(Phase phase) {
    assertThat(Kstatus.of(Jobs.in(phase))).isEqualTo(Kstatus.IN_PROGRESS);
  }

  @Test
  void aJobThatTheOperatorHasNotLookedAtIsInProgress() {
    assertThat(Kstatus.of(Jobs.unseen())).isEqualTo(Kstatus.IN_PROGRESS);
  }

  @ParameterizedTest
  @EnumSource
  void aJobWhoseNewSpecIsUnseenIsInProgress(Phase phase) {
    ObjectNode job = Jobs.in(phase);
    job.withObject("/metadata").put("generation", Jobs.GENERATION + 1);
    assertThat(Kstatus.of(job)).isEqualTo(Kstatus.IN_PROGRESS);
  }

  @Test
  void aJobBeingDeletedIsTerminating() {
    ObjectNode job = Jobs.in(Phase.SUCCEEDED);
    job.withObject("/metadata").put("deletionTimestamp", "2026-01-01T00:00:00Z");
    assertThat(Kstatus.of(job)).isEqualTo(Kstatus.TERMINATING);
  }
}
