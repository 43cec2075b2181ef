package io.litoperator.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * 7. The chart is upgraded to a new CRD and to two replicas, of which the leader is lost,
 * uninstalled, and installed again for two namespaces, while a job trains: it is not disturbed, and
 * its status goes on.
 */
@Scenario
@Order(7)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReleaseIT {
  private static final Duration SOON = Duration.ofMinutes(3);

  /** Namespaces for jobs beside the testbed's. */
  private static final String OTHER = "other-jobs";

  private static final String UNWATCHED = "unwatched-jobs";

  private static Testbed testbed;
  private static RunningJob job;

  @BeforeAll
  static void startAJob(Testbed testbed) {
    ReleaseIT.testbed = testbed;
    job =
        testbed.apply(
            JobFile.shortFinetune(Testbed.repository(), "undisturbed")
                .withOneRank()
                .with("/spec/finetune/maxSteps", 100_000));
    job.steps().await("finetune", 2, Duration.ofMinutes(5));
    job.await(Phase.FINETUNING, SOON);
  }

  @AfterAll
  static void delete() {
    job.close();
  }

  @Test
  @Order(1)
  void anUpgradeBringsTheCrdsNewFieldsAndKeepsJobs(@TempDir Path folder) {
    testbed.release().changeToBefore("/spec/recovery/resetAfterSteps", folder.resolve("chart"));
    assertThat(keptOf("/spec/recovery/resetAfterSteps", 100).isMissingNode()).isTrue();

    testbed.release().upgrade(Map.of());

    assertThat(keptOf("/spec/recovery/resetAfterSteps", 100).asInt()).isEqualTo(100);
    assertGoesOn();
  }

  @Test
  @Order(2)
  void anUpgradeToTwoReplicasDoesNotDisturbAJob() {
    Pod former = testbed.operatorPod();

    testbed.release().upgrade(Map.of("replicas", 2, "podLabels.upgraded", "once"));

    awaitAbsence(former);
    assertGoesOn();
  }

  @Test
  @Order(3)
  void theOtherReplicaLeadsWhenTheLeaderIsLost() {
    Pod former = testbed.leader();

    testbed.client().resource(former).withGracePeriod(0).delete();

    assertGoesOn();
    assertThat(testbed.leader().getMetadata().getName())
        .isNotEqualTo(former.getMetadata().getName());
  }

  @Test
  @Order(4)
  void anUninstallLeavesJobsWhichTheNextInstallTakesUp() {
    Pod former = testbed.leader();

    testbed.release().uninstall();
    awaitAbsence(former);
    job.steps().next(job.steps().journal().size(), SOON);
    List.of(OTHER, UNWATCHED).forEach(testbed::makeNamespace);
    OperatorRelease.install(
        testbed.cluster().server().kubeconfig(),
        Map.of("watchNamespaces[0]", Testbed.NAMESPACE, "watchNamespaces[1]", OTHER));

    assertGoesOn();
  }

  @Test
  @Order(5)
  void allNamespacesThatItIsInstalledForAreReconciledAndNoOthers() {
    Resource<LitTrainingJob> unwatched = applyImpossible(UNWATCHED);

    applyImpossible(OTHER)
        .waitUntilCondition(job -> phase(job) == Phase.FAILED, 1, TimeUnit.MINUTES);

    assertThat(phase(unwatched.get())).isNotEqualTo(Phase.FAILED);
  }

  /** Applies a job that the operator refuses as soon as it sees it. */
  private static Resource<LitTrainingJob> applyImpossible(String namespace) {
    JobFile file = JobFile.read(Testbed.repository().resolve("examples/invalid/unknown-task.yaml"));
    testbed.client().resource(file.yaml()).inNamespace(namespace).create();
    return testbed
        .client()
        .resources(LitTrainingJob.class)
        .inNamespace(namespace)
        .withName(file.name());
  }

  private static Phase phase(LitTrainingJob job) {
    return job == null || job.getStatus() == null ? null : job.getStatus().phase();
  }

  /** What the API server would keep of a field in a new job. */
  private static JsonNode keptOf(String field, int value) {
    String yaml = JobFile.shortFinetune(Testbed.repository(), "asked").with(field, value).yaml();
    HasMetadata kept =
        testbed.client().resource(yaml).inNamespace(Testbed.NAMESPACE).dryRun().create();
    return new ObjectMapper().valueToTree(kept).at(field);
  }

  private static void assertGoesOn() {
    job.awaitProgress(SOON);
    assertThat(job.status().phase()).isEqualTo(Phase.FINETUNING);
    assertThat(job.status().attempt()).isEqualTo(1);
  }

  private static void awaitAbsence(Pod pod) {
    testbed.client().resource(pod).waitUntilCondition(Objects::isNull, 2, TimeUnit.MINUTES);
  }
}
