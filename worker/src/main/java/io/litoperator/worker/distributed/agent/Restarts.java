package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.report.GangEvent;
import io.litoperator.worker.report.RankFailure;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * What follows an attempt that failed: another one, of which the rank that failed may be started on
 * another machine, or the end of the run.
 */
final class Restarts {
  private final AgentPlan plan;
  private final Nodes nodes;
  private final StopRequests stopRequests;
  private final GangEvent.Watcher watcher;
  private final RestartPolicy policy;
  private final Set<NodeIdentity> withAcceleratorFault = new HashSet<>();

  /** Why there is another attempt, and how long to wait before it. */
  record Restart(Duration delay, String reason, String sentence) {}

  Restarts(AgentPlan plan, Nodes nodes, StopRequests stopRequests, GangEvent.Watcher watcher) {
    this.plan = plan;
    this.nodes = nodes;
    this.stopRequests = stopRequests;
    this.watcher = watcher;
    policy =
        new RestartPolicy(
            plan.recovery().maxRestarts(), plan.recovery().resetAfterSteps(), nodes::log);
  }

  /**
   * @throws Failure {@code PEER_LOST} if the node has no successor
   */
  Restart after(AttemptResult.NodeLost lost) {
    String sentence = "Node %d (%s) was lost.".formatted(lost.node().index(), lost.node().name());
    if (!plan.replaced()) {
      throw new Failure(ExitCode.PEER_LOST, sentence);
    }
    return new Restart(Duration.ZERO, ExitCode.PEER_LOST.name(), sentence);
  }

  /**
   * @throws Failure if there is to be no other attempt, or none by this agent; all agents are then
   *     to exit if {@link StopRequests#ofAll} says so
   */
  Restart after(AttemptResult.Failed failed) {
    Duration delay = delay(failed);
    RankEnd cause = failed.cause();
    boolean inPlace = plan.recovery().inPlace() && !isHopelessHere(failed);
    watcher.on(new GangEvent.Failed(failed.failure(), inPlace));
    if (!inPlace) {
      replace(failed);
    }
    return new Restart(delay, cause.code().name(), cause.sentence());
  }

  private Duration delay(AttemptResult.Failed failed) {
    RankEnd cause = failed.cause();
    if (stopRequests.any()) {
      watcher.on(new GangEvent.Failed(failed.failure(), false));
      throw new Failure(cause.code(), cause.sentence());
    }
    try {
      return policy.delayBeforeNext(cause, failed.step());
    } catch (Failure usedUp) {
      stopRequests.stopAll();
      watcher.on(new GangEvent.Failed(failed.failure(), false));
      throw usedUp;
    }
  }

  /** A device that has failed twice will hardly work the third time; another machine's may. */
  private boolean isHopelessHere(AttemptResult.Failed failed) {
    return plan.replaced()
        && failed.failure().reason() == RankFailure.Reason.ACCELERATOR_FAULT
        && !withAcceleratorFault.add(failed.node().identity());
  }

  /** Has the agent of the rank that failed exit, so that its Pod is replaced. */
  private void replace(AttemptResult.Failed failed) {
    RankEnd cause = failed.cause();
    if (failed.node() instanceof LocalNode) {
      throw new Failure(cause.code(), cause.sentence());
    }
    nodes.dismiss(failed.node(), new NodeOrder.Leave(cause.code(), failed.failure().message()));
  }
}
