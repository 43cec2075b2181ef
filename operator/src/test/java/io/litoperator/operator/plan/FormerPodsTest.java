package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A job that is made again under its name, while Pods of the one before are still there. */
class FormerPodsTest {
  @Test
  void onesThatAreEndingAreToldOfAndWaitedFor() {
    Scene scene = Scene.created("").left(0).delete(0).carryOut().carryOut();

    assertThat(scene.status().phase()).isEqualTo(Phase.PENDING);
    assertThat(scene.status().pending().reason()).isEqualTo("FormerPod");
    assertThat(scene.status().pending().message())
        .isEqualTo("Pod job-0 of a former job of this name is still ending on node node-0.");
    assertThat(scene.pods()).containsExactly("job-0", "job-1");
    assertThat(scene.plan().actions()).isEmpty();
    assertThat(scene.plan().wakeAt()).contains(Scene.START.plusSeconds(150));
  }

  @Test
  void onesOnADeadNodeAreRemovedByForceBeforeOthersTakeTheirPlace() {
    Scene scene = Scene.created("").left(0).delete(0).carryOut().carryOut();
    scene.pass(Duration.ofSeconds(149));
    assertThat(scene.planned(Action.ForceDeletePod.class)).isEmpty();

    scene.pass(Duration.ofSeconds(1));
    assertThat(scene.planned(Action.ForceDeletePod.class)).containsExactly("job-0");
    assertThat(scene.planned(Action.CreatePod.class)).isEmpty();

    scene.lose(0);
    assertThat(scene.planned(Action.CreatePod.class)).containsExactly("job-0");
    assertThat(scene.carryOut().carryOut().status().pending()).isNull();
  }

  @Test
  void onesThatNobodyHasToldToEndAreLeftToTheGarbageCollector() {
    Scene scene = Scene.created("").left(0).left(1).carryOut().pass(Duration.ofHours(1)).carryOut();

    assertThat(scene.status().pending().message())
        .isEqualTo(
            "Pod job-0 of a former job of this name has not been deleted yet on node node-0.");
    assertThat(scene.plan()).isEqualTo(Plan.NOTHING);
  }

  @Test
  void anothersPodIsNeverRemoved() {
    Scene scene = Scene.created("").left(0).delete(0);
    scene.edit(
        0,
        pod ->
            pod.editMetadata()
                .editFirstOwnerReference()
                .withKind("ReplicaSet")
                .endOwnerReference()
                .endMetadata());
    scene.carryOut().carryOut().pass(Duration.ofHours(1));

    assertThat(scene.planned(Action.ForceDeletePod.class)).isEmpty();
  }

  @Test
  void aJobThatIsToBeWithoutPodsDoesNotMind() {
    Scene scene = Scene.created("suspend: true").left(0).delete(0).carryOut().carryOut();
    scene.pass(Duration.ofHours(1));

    assertThat(scene.status().phase()).isEqualTo(Phase.SUSPENDED);
    assertThat(scene.plan()).isEqualTo(Plan.NOTHING);
  }
}
