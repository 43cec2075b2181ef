package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Workers;
import io.litoperator.operator.resource.Kueue;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What ends a job, and what it leaves. */
class EndsTest {
  @Test
  void agentZeroEndsWellForAll() {
    assertThat(Scene.training("").exit(0, 0).carryOut().status().phase())
        .isEqualTo(Phase.SUCCEEDED);
    assertThat(Scene.training("").exit(1, 0).carryOut().status().phase())
        .isEqualTo(Phase.FINETUNING);
  }

  @Test
  void aJobThatIsOverHasNoWorkersThoughTheyStillRun() {
    Scene scene = Scene.training("").report(Activity.DONE).delete(0).carryOut();
    assertThat(scene.status().phase()).isEqualTo(Phase.SUCCEEDED);

    assertThat(scene.status().workers()).isEqualTo(new Workers(0, 0, 0));
  }

  @Test
  void aFailedGroupGivesItsQuotaBackOnce() {
    Scene scene = Scene.training("").heldByKueue(2).exit(0, 65).exit(1, 76).carryOut();
    assertThat(scene.status().phase()).isEqualTo(Phase.FAILED);
    assertThat(scene.planned(Action.GiveQuotaBack.class)).containsExactly("job-0");

    scene.edit(
        0, pod -> pod.editMetadata().addToAnnotations(Kueue.RETRIABLE, "false").endMetadata());
    assertThat(scene.planned(Action.GiveQuotaBack.class)).isEmpty();
  }

  /** It was made smaller before its first status told of members. */
  @Test
  void aGroupThatWasMadeForMoreGivesItsQuotaBack() {
    Scene scene = Scene.created("").carryOut().heldByKueue(2).run(0).run(1);
    scene.spec("topology: {nodes: 1}").exit(0, 0).lose(1).carryOut();
    assertThat(scene.status().phase()).isEqualTo(Phase.SUCCEEDED);
    assertThat(scene.status().members()).hasSize(1);

    assertThat(scene.pass(Duration.ofMinutes(1)).planned(Action.GiveQuotaBack.class))
        .containsExactly("job-0");
  }

  @Test
  void aGroupThatSucceededNeedsNoWord() {
    Scene scene = Scene.training("").heldByKueue(2).exit(0, 0).exit(1, 0).carryOut();

    assertThat(scene.pass(Duration.ofMinutes(1)).plan().actions()).isEmpty();
  }

  @Test
  void anotherControllersJobIsLeftAlone() {
    assertThat(Scene.created("managedBy: kueue.x-k8s.io/multikueue").plan())
        .isEqualTo(Plan.NOTHING);
  }
}
