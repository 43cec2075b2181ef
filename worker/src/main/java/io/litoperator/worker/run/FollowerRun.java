package io.litoperator.worker.run;

import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.distributed.agent.AgentPlan;
import io.litoperator.worker.distributed.agent.Follower;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Listener;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Another node's agent than the first's: starts ranks as the coordinator says, and keeps the ends
 * of their logs when an attempt has ended before the work was done. For one run.
 */
final class FollowerRun {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int NONE = 0;

  private final SharedFolder folder;
  private final FailureFiles failures;
  private final Courier courier;
  private final Follower follower;
  private int attempt = NONE;

  /**
   * @param planFile that ranks read
   */
  FollowerRun(
      RunPlan plan, Path planFile, AgentPlan agent, PodEnvironment environment, Listener listener) {
    CheckpointStore store = Runs.checkpoints(plan);
    folder = new SharedFolder(store);
    failures = new FailureFiles(environment.output(), store.files());
    courier = new Courier(sentence -> listener.on(new Event.Notice(sentence)));
    follower =
        new Follower(
            agent,
            environment.masterAddress(),
            LegRun.rankCommand(plan, planFile),
            this::begin,
            listener);
  }

  /** Runs until the coordinator says that all is over, or this node leaves the gang. */
  ExitCode run() {
    try (courier) {
      return follow();
    }
  }

  private ExitCode follow() {
    try {
      ExitCode code = follower.run();
      if (code != ExitCode.DONE && code != ExitCode.INTERRUPTED) {
        keepFailure();
      }
      return code;
    } catch (Failure failure) {
      keepFailure();
      throw failure;
    } finally {
      courier.finish(PATIENCE);
    }
  }

  /** That another attempt begins tells that the one before failed, here or elsewhere. */
  private void begin(int next) {
    keepFailure();
    attempt = NONE;
    folder.requireAttempt(next);
    attempt = next;
  }

  private void keepFailure() {
    int failed = attempt;
    if (failed != NONE) {
      courier.send(() -> failures.keep(failed));
    }
  }
}
