package io.litoperator.operator.plan;

import io.litoperator.operator.snapshot.ObservedPod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gets rid of Pods: by their grace, then by force. The worker's storage fences what may still run
 * of one that was removed by force.
 */
final class Removals {
  /**
   * What a kubelet is given to confirm that a Pod ended, from the end of the Pod's grace. One that
   * does not is dead or cut off.
   */
  private static final Duration CONFIRMATION = Duration.ofSeconds(30);

  private final Instant now;
  private final boolean letsPodsGo;
  private final List<Action> actions = new ArrayList<>();
  private final List<Instant> wakeUps = new ArrayList<>();

  /**
   * @param letsPodsGo whether Kueue's finalizer may be taken off; else somebody looks again at once
   */
  Removals(Instant now, boolean letsPodsGo) {
    this.now = now;
    this.letsPodsGo = letsPodsGo;
  }

  void add(ObservedPod pod) {
    Optional<Instant> confirmedBy =
        pod.mustBeGoneAt().map(at -> pod.isCutOff() ? now : at.plus(CONFIRMATION));
    if (pod.isKeptByKueue() && !letsPodsGo) {
      wakeUps.add(now);
    } else if (pod.isKeptByKueueAlone()) {
      actions.add(new Action.ReleasePod(pod.pod()));
    } else if (confirmedBy.isEmpty()) {
      actions.add(new Action.DeletePod(pod.pod()));
    } else if (now.isBefore(confirmedBy.get())) {
      wakeUps.add(confirmedBy.get());
    } else {
      if (pod.isKeptByKueue()) {
        actions.add(new Action.ReleasePod(pod.pod()));
      }
      actions.add(new Action.ForceDeletePod(pod.pod()));
      wakeUps.add(now.plus(CONFIRMATION));
    }
  }

  List<Action> actions() {
    return actions;
  }

  /** When Pods that are ending must have ended. */
  List<Instant> wakeUps() {
    return wakeUps;
  }
}
