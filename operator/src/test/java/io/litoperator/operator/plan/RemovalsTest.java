package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How Pods that must go are got rid of. */
class RemovalsTest {
  @Test
  void agentsThatOutliveSuccessAreStopped() {
    Scene scene = Scene.training("").exit(0, 0).carryOut().pass(Duration.ofSeconds(29));
    assertThat(scene.planned(Action.DeletePod.class)).isEmpty();

    assertThat(scene.pass(Duration.ofSeconds(1)).planned(Action.DeletePod.class))
        .containsExactly("job-1");
  }

  @Test
  void aPodOnADeadNodeIsRemovedByForceInTheEnd() {
    Scene scene = Scene.training("").delete(1).carryOut().pass(Duration.ofSeconds(149));
    assertThat(scene.planned(Action.ForceDeletePod.class)).isEmpty();
    assertThat(scene.planned(Action.CreatePod.class)).isEmpty();

    assertThat(scene.pass(Duration.ofSeconds(1)).planned(Action.ForceDeletePod.class))
        .containsExactly("job-1");
  }

  @Test
  void aPodWhoseKubeletWasSilentBeforeIsRemovedByForceAtOnce() {
    Scene scene =
        Scene.training("")
            .pass(Duration.ofMinutes(1))
            .condition(1, "ContainersReady", "True", null, null)
            .condition(1, "Ready", "False", null, null)
            .pass(Duration.ofSeconds(30))
            .delete(1)
            .carryOut();

    assertThat(scene.status().attempt()).isEqualTo(2);
    assertThat(scene.planned(Action.ForceDeletePod.class)).containsExactly("job-1");
  }

  @Test
  void aPodThatWaitsForAReadinessGateHasItsGrace() {
    Scene scene =
        Scene.training("")
            .pass(Duration.ofMinutes(1))
            .condition(1, "ContainersReady", "True", null, null)
            .condition(
                1, "Ready", "False", "ReadinessGatesNotReady", "the status of pod readiness…")
            .pass(Duration.ofSeconds(30))
            .delete(1)
            .carryOut();

    assertThat(scene.planned(Action.ForceDeletePod.class)).isEmpty();
    assertThat(scene.planned(Action.CreatePod.class)).isEmpty();
  }

  @Test
  void aPodThatIsNotReadyBecauseItEndsHasItsGrace() {
    Scene scene =
        Scene.training("")
            .pass(Duration.ofMinutes(1))
            .delete(1)
            .condition(1, "ContainersReady", "True", null, null)
            .condition(1, "Ready", "False", null, null)
            .carryOut();

    assertThat(scene.planned(Action.ForceDeletePod.class)).isEmpty();
  }

  @Test
  void aPodWithASidecarThatIsNotReadyHasItsGrace() {
    Scene scene =
        Scene.training("")
            .pass(Duration.ofMinutes(1))
            .condition(1, "ContainersReady", "False", "ContainersNotReady", null)
            .condition(1, "Ready", "False", "ContainersNotReady", null)
            .pass(Duration.ofSeconds(30))
            .delete(1)
            .carryOut();

    assertThat(scene.planned(Action.ForceDeletePod.class)).isEmpty();
  }

  @Test
  void aPodThatNeverStartedHasItsGrace() {
    Scene scene =
        Scene.begun("")
            .place(1)
            .condition(1, "Ready", "False", "ContainersNotReady", null)
            .pass(Duration.ofMinutes(1))
            .delete(1)
            .carryOut();

    assertThat(scene.planned(Action.ForceDeletePod.class)).isEmpty();
  }
}
