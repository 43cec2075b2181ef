package io.litoperator.operator.plan;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.AvoidedNode;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.operator.status.RestartReason;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which nodes a job's next Pods had better not go to. The scheduler knows nothing of a device that
 * fails, nor of one that its kubelet cannot give out, and finds room on that very node.
 */
final class AvoidedNodes {
  /** What kubelets call it when a device plugin does not give what the scheduler counted on. */
  private static final String NO_DEVICE = "UnexpectedAdmissionError";

  private AvoidedNodes() {}

  /**
   * @param before the newest last
   * @param causes of what was lost now
   */
  static List<AvoidedNode> after(List<AvoidedNode> before, Stream<Cause> causes) {
    List<AvoidedNode> nodes = new ArrayList<>(before);
    causes
        .filter(AvoidedNodes::isOfTheNode)
        .map(Cause::failure)
        .filter(failure -> failure.node() != null)
        .forEach(failure -> add(nodes, failure));
    int most = LitTrainingJobStatus.MAX_AVOIDED_NODES;
    return nodes.subList(Math.max(0, nodes.size() - most), nodes.size());
  }

  private static boolean isOfTheNode(Cause cause) {
    return RestartReason.ACCELERATOR_FAULT.is(cause.failure().reason())
        || cause.names().contains(NO_DEVICE);
  }

  private static void add(List<AvoidedNode> nodes, LastFailure failure) {
    nodes.removeIf(avoided -> avoided.node().equals(failure.node()));
    nodes.add(new AvoidedNode(failure.node(), failure.reason(), failure.at()));
  }
}
