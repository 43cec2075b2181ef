package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.operator.snapshot.ObservedWorkload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a gang's place in Kueue's queue. */
class KueueTest {
  private static final String QUEUED = "scheduling: {queueName: q}";
  private static final Duration TOMORROW = Duration.ofDays(1);

  @Test
  void aLostPodIsLetGoOnceTheJobOwnsItsPlace() {
    Scene scene = Scene.training(QUEUED).heldByKueue(2).exit(1, 70).carryOut();
    assertThat(kinds(scene)).containsExactly("OwnWorkload");

    scene.carryOut();

    assertThat(kinds(scene)).containsExactly("ReleasePod");
    assertThat(scene.carryOut().planned(Action.CreatePod.class)).containsExactly("job-1");
  }

  @Test
  void aPreemptedGangKeepsItsPlace() {
    Scene scene = Scene.training(QUEUED).heldByKueue(2);
    for (int index = 0; index < 2; index++) {
      scene
          .condition(index, "TerminationTarget", "True", "WorkloadEvicted", "Preempted")
          .delete(index)
          .exit(index, 75);
    }
    assertThat(kinds(scene)).contains("OwnWorkload").doesNotContain("ReleasePod");

    scene.carryOut();

    assertThat(scene.planned(Action.ReleasePod.class)).containsExactly("job-0", "job-1");
    assertThat(scene.carryOut().planned(Action.CreatePod.class)).containsExactly("job-0", "job-1");
    assertThat(scene.status().restarts().total()).isZero();
  }

  @Test
  void aPodThatWasNeverPlacedIsLetGoAtOnce() {
    Scene scene =
        Scene.begun(QUEUED).gate(0).gate(1).heldByKueue(2).carryOut().spec("suspend: true");
    scene.carryOut();
    assertThat(scene.status().phase()).isEqualTo(Phase.SUSPENDING);

    assertThat(scene.planned(Action.ReleasePod.class)).containsExactly("job-0", "job-1");
  }

  @Test
  void aSuspendedGangGivesItsPlaceUp() {
    Scene scene = Scene.training(QUEUED).heldByKueue(2).spec("suspend: true").carryOut();
    assertThat(kinds(scene)).doesNotContain("DeleteWorkload");

    scene.exit(0, 75).exit(1, 75);

    assertThat(kinds(scene)).contains("DeleteWorkload");
    scene.carryOut().carryOut().spec("suspend: false");
    assertThat(scene.status().phase()).isEqualTo(Phase.SUSPENDED);
    assertThat(scene.planned(Action.CreatePod.class)).containsExactly("job-0", "job-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"topology: {nodes: 4}", "topology: {ranksPerNode: 2}"})
  void aResizedGangQueuesAnew(String size) {
    Scene scene =
        Scene.training(QUEUED).heldByKueue(2).spec(size).carryOut().exit(0, 75).exit(1, 75);

    assertThat(kinds(scene)).contains("DeleteWorkload").doesNotContain("CreatePod", "OwnWorkload");
  }

  /** Kueue takes what is left for a group that has lost Pods, and has no quota for the new one. */
  @Test
  void aGangOfWhichSomeHaveSucceededQueuesAnew() {
    Scene scene = Scene.training(QUEUED).heldByKueue(2).exit(1, 0).editWorkload(reclaimed(1));
    assertThat(kinds(scene)).doesNotContain("DeleteWorkload");

    scene.exit(0, 70);

    assertThat(kinds(scene)).contains("DeleteWorkload").doesNotContain("CreatePod");
  }

  @Test
  void whatAJobOfTheSameNameLeftIsDeletedFirst() {
    Scene scene = Scene.created(QUEUED).heldByKueue(2);
    assertThat(kinds(scene)).contains("DeleteWorkload").doesNotContain("CreatePod");

    assertThat(scene.carryOut().planned(Action.CreatePod.class)).containsExactly("job-0", "job-1");
  }

  @Test
  void aPlaceThatIsAboutToGoTakesNoPods() {
    Scene scene =
        Scene.created(QUEUED)
            .heldByKueue(2)
            .editWorkload(
                workload -> workload.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z"));

    assertThat(kinds(scene)).doesNotContain("CreatePod", "DeleteWorkload");
    assertThat(scene.plan().wakeAt()).contains(scene.now().plusSeconds(1));
  }

  @Test
  void aJobThatIsOverWithoutPodsGivesItsPlaceUp() {
    Scene scene =
        Scene.begun(QUEUED + "\nactiveDeadlineSeconds: 60")
            .heldByKueue(2)
            .pass(TOMORROW)
            .carryOut();
    assertThat(scene.status().phase()).isEqualTo(Phase.FAILED);
    assertThat(kinds(scene)).doesNotContain("DeleteWorkload");

    scene.carryOut().carryOut();
    assertThat(scene.pods()).isEmpty();
    assertThat(kinds(scene)).containsExactly("DeleteWorkload");

    scene.editWorkload(
        workload ->
            workload.setAdditionalProperty(
                "status",
                Map.of("conditions", List.of(Map.of("type", "Finished", "status", "True")))));
    assertThat(kinds(scene)).isEmpty();
  }

  @Test
  void kueueIsAskedSoonUntilItHasSpoken() {
    Scene scene = Scene.begun(QUEUED).gate(0).gate(1).carryOut();
    assertThat(scene.plan().wakeAt()).contains(scene.now().plusSeconds(2));

    scene.workload("{conditions: [{type: QuotaReserved, status: 'False', message: no quota}]}");

    assertThat(scene.plan().wakeAt()).contains(scene.now().plusSeconds(60));
    assertThat(scene.carryOut().status().pending().message()).isEqualTo("Kueue: no quota");
  }

  @Test
  void aWorkloadsNumbersAreThoseOfAllItsPodSets() {
    ObservedWorkload workload =
        new ObservedWorkload(
            Serialization.unmarshal(
                """
                apiVersion: kueue.x-k8s.io/v1beta2
                kind: Workload
                spec: {podSets: [{name: a, count: 3}, {name: b, count: 2}]}
                status: {reclaimablePods: [{name: a, count: 1}, {name: b, count: 2}]}
                """,
                GenericKubernetesResource.class));

    assertThat(workload.pods()).isEqualTo(5);
    assertThat(workload.reclaimed()).isEqualTo(3);
  }

  private static Consumer<GenericKubernetesResource> reclaimed(int count) {
    return workload ->
        workload.setAdditionalProperty(
            "status", Map.of("reclaimablePods", List.of(Map.of("name", "main", "count", count))));
  }

  private static List<String> kinds(Scene scene) {
    return scene.plan().actions().stream()
        .map(action -> action.getClass().getSimpleName())
        .toList();
  }
}
