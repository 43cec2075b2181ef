package io.litoperator.operator.plan;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Coordinator;
import io.litoperator.operator.snapshot.ObservedPod;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a coordinator tells of its gang: that it trains once all Pods run. */
final class SimulatedCoordinator {
  private SimulatedCoordinator() {}

  /** The termination message of one that has failed. */
  static String lastWords(int attempt, long sequence, Map<String, Integer> restarts) {
    ProgressReport report =
        new ProgressReport(
            attempt, sequence, Activity.WAITING, 1, null, null, null, null, restarts, null);
    return Serialization.asJson(Map.of("report", report));
  }

  /**
   * @param first the coordinator's Pod
   * @param pods all that there are
   * @param restarts in place since its last report
   */
  static Coordinator next(
      LitTrainingJobStatus status,
      ObservedPod first,
      List<ObservedPod> pods,
      Map<String, Integer> restarts) {
    Coordinator before = status.coordinator();
    boolean same = before != null && before.podUid().equals(first.uid());
    int attempt = pods.stream().mapToInt(ObservedPod::attempt).max().orElse(1);
    Map<String, Integer> counts = new TreeMap<>();
    if (same) {
      attempt = Math.max(attempt, before.attempt());
      counts.putAll(before.restarts());
    }
    for (Map.Entry<String, Integer> more : restarts.entrySet()) {
      counts.merge(more.getKey(), more.getValue(), Integer::sum);
      attempt += more.getValue();
    }
    int running = (int) pods.stream().filter(ObservedPod::isRunning).count();
    return new Coordinator(
        first.uid(),
        attempt,
        same ? before.sequence() + 1 : 1L,
        running >= status.members().size() ? Activity.FINETUNING : Activity.WAITING,
        running,
        counts,
        null);
  }
}
