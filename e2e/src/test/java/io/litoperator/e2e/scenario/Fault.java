package io.litoperator.e2e.scenario;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * Something that goes wrong with a job in training, and how long the job takes to go on.
 *
 * @param target what the report says beside the time: on a busy machine it is no reason to fail
 */
record Fault(String name, Moment moment, String target) {
  /** More than are done while an operator or an API server starts. */
  static final int STEPS = 150;

  private static final Duration LIMIT = Duration.ofMinutes(3);

  /** When a fault strikes. */
  enum Moment {
    /** Between two checkpoints. */
    IN_TRAINING,
    /** Right after the step that a checkpoint is made of, while it is written. */
    IN_A_SAVE;

    /** The step to wait for; a checkpoint is made of every fifth. */
    long step() {
      return this == IN_TRAINING ? 12 : 10;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** Starts a job of two nodes under this fault's name, and waits until it may strike. */
  RunningJob start(Testbed testbed) {
    RunningJob job =
        testbed.apply(
            JobFile.shortFinetune(Testbed.repository(), jobName())
                .with("/spec/finetune/maxSteps", STEPS)
                .onTwoNodes());
    try {
      job.steps().await("finetune", moment.step(), Duration.ofMinutes(3));
      return job;
    } catch (AssertionError e) {
      job.close();
      throw e;
    }
  }

  /** Strikes; from then until the first step of ranks that were started anew. */
  void strike(Testbed testbed, RunningJob job, Runnable act) {
    int place = job.steps().journal().size();
    Instant struck = Instant.now();
    act.run();
    Instant wentOn = job.steps().nextAfterRestart(place, LIMIT).at();
    testbed.report().recovery(name, moment.toString(), Duration.between(struck, wentOn), target);
  }

  /** Strikes what training does not depend on; from then until the next step. */
  void strikeBeside(Testbed testbed, RunningJob job, Runnable act) {
    Instant struck = Instant.now();
    act.run();
    Instant wentOn = job.steps().next(job.steps().journal().size(), LIMIT).at();
    testbed.report().recovery(name, moment.toString(), Duration.between(struck, wentOn), target);
  }

  private String jobName() {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "-") + moment.ordinal();
  }
}
