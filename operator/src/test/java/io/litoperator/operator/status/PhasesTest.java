package io.litoperator.operator.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fabric8.kubernetes.api.model.Condition;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.operator.plan.Scene;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where a job stands, and which of its conditions hold then; all others do not. */
class PhasesTest {
  static Stream<Arguments> phases() {
    return Stream.of(
        phase(Phase.STARTING, Scene.begun(""), "Reconciling", "Valid", "Admitted"),
        phase(Phase.PENDING, unschedulable(), "Reconciling", "Valid", "Admitted"),
        phase(Phase.QUEUED, queued(), "Reconciling", "Valid"),
        phase(
            Phase.PRETRAINING,
            Scene.training("").report(Activity.PRETRAINING),
            "Reconciling",
            "Valid",
            "Admitted",
            "Running"),
        phase(Phase.FINETUNING, Scene.training(""), "Reconciling", "Valid", "Admitted", "Running"),
        phase(
            Phase.EVALUATING,
            Scene.training("").report(Activity.EVALUATING),
            "Reconciling",
            "Valid",
            "Admitted",
            "Running"),
        phase(Phase.RESTARTING, Scene.training("").exit(1, 70), "Reconciling", "Valid", "Admitted"),
        phase(
            Phase.SUSPENDING,
            Scene.training("").spec("suspend: true"),
            "Reconciling",
            "Valid",
            "Admitted"),
        phase(Phase.SUSPENDED, Scene.created("suspend: true"), "Valid"),
        phase(
            Phase.SUCCEEDED,
            Scene.training("").exit(0, 0),
            "Ready",
            "Valid",
            "Admitted",
            "Succeeded"),
        phase(
            Phase.FAILED, Scene.training("").exit(0, 65), "Stalled", "Valid", "Admitted", "Failed"),
        arguments(
            named(
                "Failed as invalid",
                Scene.created("model: {languageModel: {source: 'pvc://data/../other'}}")),
            Phase.FAILED,
            Set.of("Stalled", "Failed")));
  }

  private static Arguments phase(Phase phase, Scene scene, String... conditions) {
    return arguments(named(PhaseNames.of(phase), scene), phase, Set.of(conditions));
  }

  private static Scene unschedulable() {
    return Scene.begun("").condition(0, "PodScheduled", "False", "Unschedulable", "0/3 nodes");
  }

  private static Scene queued() {
    return Scene.begun("")
        .podGroup("{conditions: [{type: Unschedulable, status: 'True', message: 'no room'}]}");
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("phases")
  void everyPhaseHasItsConditions(Scene scene, Phase phase, Set<String> holding) {
    scene.carryOut();

    assertThat(scene.status().phase()).isEqualTo(phase);
    assertThat(scene.status().conditions())
        .hasSize(8)
        .filteredOn(condition -> condition.getStatus().equals("True"))
        .extracting(Condition::getType)
        .containsExactlyInAnyOrderElementsOf(holding);
    assertThat(scene.status().conditions())
        .extracting(Condition::getObservedGeneration)
        .containsOnly(scene.status().observedGeneration());
  }

  @Test
  void everyPhaseIsInTheTable() {
    assertThat(phases().map(row -> (Phase) row.get()[1])).containsAll(EnumSet.allOf(Phase.class));
  }

  @Test
  void aConditionKeepsTheTimeOfItsLastTransition() {
    Scene scene = Scene.training("").pass(Duration.ofMinutes(1));
    scene.report(Activity.EVALUATING).carryOut();

    assertThat(transition(scene, "Running")).isEqualTo("2026-01-01T00:00:00Z");
    scene.pass(Duration.ofMinutes(1)).exit(1, 70).carryOut();
    assertThat(transition(scene, "Running")).isEqualTo("2026-01-01T00:02:00Z");
    assertThat(transition(scene, "Reconciling")).isEqualTo("2026-01-01T00:00:00Z");
  }

  private static String transition(Scene scene, String type) {
    return scene.status().conditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .map(Condition::getLastTransitionTime)
        .findFirst()
        .orElseThrow();
  }
}
