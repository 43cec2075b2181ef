package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.AvoidedNode;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where a job's next Pods had better not go. */
class AvoidedNodesTest {
  private static final String MANY = "recovery: {maxRestarts: 99}";

  static Stream<Arguments> losses() {
    return Stream.of(
        loss("exit code 71", scene -> scene.exit(1, 71), "node-1"),
        loss("of a gang that ends with it", scene -> scene.exit(0, 76).exit(1, 71), "node-1"),
        loss(
            "a device that is not given out",
            scene -> scene.reject(1, "UnexpectedAdmissionError"),
            "node-1"),
        loss("no room", scene -> scene.reject(1, "OutOfcpu")),
        loss("exit code 70", scene -> scene.exit(1, 70)),
        loss("a deleted Pod", scene -> scene.lose(1)));
  }

  private static Arguments loss(
      String name, UnaryOperator<Scene> happening, String... avoidedNodes) {
    return arguments(named(name, happening), List.of(avoidedNodes));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("losses")
  void theNextPodAvoidsNodesWhoseDevicesFail(UnaryOperator<Scene> happening, List<String> nodes) {
    Scene scene = happening.apply(Scene.training("")).carryOut();
    assertThat(names(scene.status())).isEqualTo(nodes);

    scene.pass(Duration.ofMinutes(6)).carryOut().carryOut();
    assertThat(scene.podsThere())
        .last()
        .extracting(pod -> avoided(pod.getSpec().getAffinity()))
        .isEqualTo(nodes);
  }

  @Test
  void itIsOnRecordWithWhatHappened() {
    assertThat(Scene.training("").exit(1, 71).carryOut().status().avoidedNodes())
        .containsExactly(new AvoidedNode("node-1", "AcceleratorFault", "2026-01-01T00:00:00Z"));
  }

  @Test
  void whatIsMendedInPlaceCountsForLaterPods() {
    LastFailure failure =
        new LastFailure("AcceleratorFault", "ECC", 71, 1, "node-1", null, "2026-01-01T00:00:00Z");
    Scene scene =
        Scene.training("")
            .report(Activity.FINETUNING, Map.of("AcceleratorFault", 1), failure)
            .carryOut();
    assertThat(names(scene.status())).containsExactly("node-1");
    assertThat(scene.pods()).hasSize(2);

    scene.lose(0).carryOut().carryOut();
    assertThat(avoided(scene.podsThere().get(0).getSpec().getAffinity())).containsExactly("node-1");
  }

  @Test
  void itOutlastsASuspension() {
    Scene scene = Scene.training("").exit(1, 71).carryOut().spec("suspend: true").carryOut();
    scene.exit(0, 75).carryOut().carryOut().spec("suspend: false").carryOut().carryOut();

    assertThat(scene.podsThere())
        .hasSize(2)
        .allSatisfy(
            pod -> assertThat(avoided(pod.getSpec().getAffinity())).containsExactly("node-1"));
  }

  @Test
  void theNewestAreKeptEachOnce() {
    List<AvoidedNode> nodes =
        IntStream.rangeClosed(1, 17)
            .boxed()
            .reduce(
                List.<AvoidedNode>of(),
                (before, number) -> AvoidedNodes.after(before, faultOn("node-" + number)),
                (one, other) -> other);
    assertThat(nodes).hasSize(16).first().returns("node-2", AvoidedNode::node);

    List<AvoidedNode> again = AvoidedNodes.after(nodes, faultOn("node-2"));
    assertThat(again).hasSize(16).first().returns("node-3", AvoidedNode::node);
    assertThat(again).last().returns("node-2", AvoidedNode::node);
  }

  private static Stream<Cause> faultOn(String node) {
    LastFailure failure =
        new LastFailure("AcceleratorFault", "", 71, null, node, null, "2026-01-01T00:00:00Z");
    return Stream.of(new Cause(failure, Set.of("AcceleratorFault"), false));
  }

  private static List<String> names(LitTrainingJobStatus status) {
    return Optional.ofNullable(status.avoidedNodes()).orElseGet(List::of).stream()
        .map(AvoidedNode::node)
        .toList();
  }

  private static List<String> avoided(Affinity affinity) {
    return affinity.getNodeAffinity() == null
        ? List.of()
        : affinity.getNodeAffinity().getPreferredDuringSchedulingIgnoredDuringExecution().stream()
            .flatMap(term -> term.getPreference().getMatchFields().stream())
            .map(NodeSelectorRequirement::getValues)
            .flatMap(List::stream)
            .toList();
  }
}
