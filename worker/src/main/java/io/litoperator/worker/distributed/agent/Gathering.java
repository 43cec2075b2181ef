package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.report.GangEvent;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** How nodes come and go while no rank is running, for the coordinator. */
final class Gathering {
  private static final Duration TICK = Duration.ofMillis(100);

  /** How long other agents may take to exit when they are told. */
  private static final Duration DISMISSAL_TIMEOUT = Duration.ofSeconds(3);

  private final AgentPlan plan;
  private final Nodes nodes;
  private final BlockingQueue<Happening> inbox;
  private final StopRequests stopRequests;
  private final GangEvent.Watcher watcher;
  private int told;

  Gathering(
      AgentPlan plan,
      Nodes nodes,
      BlockingQueue<Happening> inbox,
      StopRequests stopRequests,
      GangEvent.Watcher watcher) {
    this.plan = plan;
    this.nodes = nodes;
    this.inbox = inbox;
    this.stopRequests = stopRequests;
    this.watcher = watcher;
  }

  /**
   * Waits until all nodes are there and the delay is over.
   *
   * @return whether to go on
   * @throws Failure {@code PEER_LOST} with the nodes that do not keep an appointment, {@code
   *     INVALID} with one that came for something else
   */
  boolean await(Duration delay) {
    long start = System.nanoTime();
    tell();
    while (!nodes.areComplete() || leftOf(delay, start) > 0) {
      if (stopRequests.any()) {
        return false;
      }
      long left = leftOf(delay, start);
      dealWithNext(left > 0 ? Duration.ofNanos(left) : TICK);
      dismissLeaving("No rank was running.");
      tell();
      requireComing(start);
    }
    return true;
  }

  private void requireComing(long start) {
    if (!nodes.areComplete()
        && plan.appointment().filter(it -> leftOf(it.patience(), start) <= 0).isPresent()) {
      throw new Failure(
          ExitCode.PEER_LOST,
          "Of %d nodes, number %s did not come to %s:%d within %d s; see that it was started, and that the network lets it connect."
              .formatted(
                  plan.nodes(),
                  nodes.missing(),
                  plan.address().getHostAddress(),
                  plan.port(),
                  plan.appointment().get().patience().toSeconds()));
    }
  }

  /** Lets those nodes go that wished to, after a checkpoint or without need of one. */
  void dismissLeaving(String sentence) {
    nodes.dismissLeaving(new NodeOrder.Leave(ExitCode.INTERRUPTED, sentence));
  }

  /** Returns when the other agents have hung up; one that was told exits, heard or not. */
  void dismissAll(ExitCode code, String sentence) {
    nodes.dismissAll(new NodeOrder.Leave(code, sentence));
    long start = System.nanoTime();
    while (nodes.count() > 1 && leftOf(DISMISSAL_TIMEOUT, start) > 0) {
      dealWithNext(TICK);
    }
  }

  private void dealWithNext(Duration patience) {
    long nanos = Math.min(patience.toNanos(), TICK.toNanos());
    try {
      Happening happening = inbox.poll(nanos, TimeUnit.NANOSECONDS);
      if (happening != null) {
        // What an ended attempt's ranks still say is of no interest, and passed over.
        nodes.on(happening);
      }
    } catch (InterruptedException e) {
      throw new Failure(ExitCode.TERMINATED, "Interrupted between attempts.", e);
    }
  }

  private void tell() {
    if (nodes.count() != told) {
      told = nodes.count();
      watcher.on(new GangEvent.Gathered(told));
    }
  }

  private static long leftOf(Duration duration, long startNanos) {
    return duration.toNanos() - (System.nanoTime() - startNanos);
  }
}
