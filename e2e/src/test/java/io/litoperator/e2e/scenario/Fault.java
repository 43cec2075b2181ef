package io.litoperator.e2e.scenario;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Pace;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * Something that goes wrong with a job in training, and how long the job takes to go on.
 *
 * @param target seconds that the report has beside the time, or empty: on a busy machine it is no
 *     reason to fail
 */
record Fault(String name, Moment moment, String target) {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  /** When a fault strikes. */
  enum Moment {
    /** Between two checkpoints. */
    IN_TRAINING {
      @Override
      void await(RunningJob job) {
        Steps steps = job.steps();
        steps
            .journal()
            .await(
                steps.journal().size(),
                "at a step to strike after",
                LIMIT,
                seen ->
                    seen.is("step")
                        && seen.step() % JobFile.STEPS_BETWEEN_CHECKPOINTS
                            == STEPS_SINCE_CHECKPOINT);
      }
    },
    /** While a checkpoint is written. */
    IN_A_SAVE {
      @Override
      void await(RunningJob job) {
        job.awaitSave(LIMIT);
      }
    };

    private static final long STEPS_SINCE_CHECKPOINT = 2;

    /** Waits for the next such moment. */
    abstract void await(RunningJob job);

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * Strikes, and waits until ranks that were started anew have taken a step and the status tells
   * why they had to.
   *
   * @param reason under which the status counts the restart
   */
  void strike(Testbed testbed, RunningJob job, String reason, Runnable act) {
    int counted = count(job.status(), reason);
    awaitNewSteps(job);
    moment.await(job);
    int place = job.steps().journal().size();
    Instant struck = Instant.now();
    act.run();
    Instant wentOn = job.steps().nextAfterRestart(place, LIMIT).at();
    report(testbed, struck, wentOn);
    job.await(
        "training again after one more restart by " + reason,
        LIMIT,
        status -> status.phase() == Phase.FINETUNING && count(status, reason) == counted + 1);
  }

  /** A Pod that is lost again before training has got further is not replaced at once. */
  private static void awaitNewSteps(RunningJob job) {
    Pace pace = job.status().restarts() == null ? null : job.status().restarts().pace();
    if (pace != null && pace.step() != null) {
      job.await(
          "further than before its last restart",
          LIMIT,
          status ->
              status.restarts() != null
                  && pace.equals(status.restarts().pace())
                  && status.progress().step() > pace.step());
    }
  }

  /** Strikes what training does not depend on: the next step is not put off. */
  void strikeBeside(Testbed testbed, RunningJob job, Runnable act) {
    moment.await(job);
    int place = job.steps().journal().size();
    Instant struck = Instant.now();
    act.run();
    Instant wentOn = job.steps().next(place, LIMIT).at();
    report(testbed, struck, wentOn);
  }

  private void report(Testbed testbed, Instant struck, Instant wentOn) {
    testbed.report().recovery(name, moment.toString(), Duration.between(struck, wentOn), target);
  }

  private static int count(LitTrainingJobStatus status, String reason) {
    return status.restarts() == null || status.restarts().byReason() == null
        ? 0
        : status.restarts().byReason().getOrDefault(reason, 0);
  }
}
