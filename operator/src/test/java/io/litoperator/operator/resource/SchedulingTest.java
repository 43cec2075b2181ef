package io.litoperator.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchedulingTest {

  @Test
  void kueueSeesOneGroup() {
    Pod pod = pod("{queueName: team-a}");

    assertThat(pod.getMetadata().getLabels())
        .containsEntry("kueue.x-k8s.io/queue-name", "team-a")
        .containsEntry("kueue.x-k8s.io/pod-group-name", "small");
    assertThat(pod.getMetadata().getAnnotations())
        .containsEntry("kueue.x-k8s.io/pod-group-total-count", "2")
        .containsEntry("kueue.x-k8s.io/pod-group-fast-admission", "true")
        .doesNotContainKey(Kueue.RETRIABLE);
    assertThat(pod.getSpec().getSchedulerName()).isNull();
  }

  @Test
  void kueuesLabelOfTheJobNamesTheQueueToo() {
    LitTrainingJob job = AdmittedJobs.withSpec("");
    job.getMetadata().setLabels(Map.of("kueue.x-k8s.io/queue-name", "team-a"));

    assertThat(Kueue.queue(job)).contains("team-a");
    assertThat(AdmittedJobs.resources(job).pod(0, 1).getMetadata().getLabels())
        .containsEntry("kueue.x-k8s.io/queue-name", "team-a")
        .containsEntry("kueue.x-k8s.io/pod-group-name", "small");
  }

  @Test
  void aGangStaysInItsQueueWhateverTheJobsLabelSaysSince() {
    LitTrainingJob job = AdmittedJobs.withSpec("");
    Pod without = AdmittedJobs.resources(job).pod(0, 1);
    job.getMetadata().setLabels(Map.of("kueue.x-k8s.io/queue-name", "team-a"));
    Pod first = AdmittedJobs.resources(job).pod(0, 1);
    job.getMetadata().setLabels(Map.of("kueue.x-k8s.io/queue-name", "team-b"));
    JobResources later = AdmittedJobs.resources(job);

    assertThat(queueOf(later.pod(1, 2, Optional.of(first), List.of()))).isEqualTo("team-a");
    assertThat(queueOf(later.pod(1, 2, Optional.of(without), List.of()))).isNull();
    assertThat(queueOf(later.pod(1, 2))).isEqualTo("team-b");
  }

  /** Kueue would make a role of what schedulers look at, in which these Pods differ. */
  @Test
  void aPodThatIsToAvoidANodeHasTheRoleOfItsGroup() {
    JobResources resources = resources("{queueName: team-a}");
    Pod first = resources.pod(0, 1);
    Pod second = resources.pod(1, 2, Optional.of(first), List.of("node-1"));
    Pod olders =
        new PodBuilder(first)
            .editMetadata()
            .addToAnnotations("kueue.x-k8s.io/role-hash", "4d1a9a5f")
            .endMetadata()
            .build();

    assertThat(second.getSpec().getAffinity()).isNotEqualTo(first.getSpec().getAffinity());
    assertThat(roleOf(first)).isEqualTo("main");
    assertThat(roleOf(second)).isEqualTo("main");
    assertThat(roleOf(resources.pod(1, 2, Optional.of(olders), List.of("node-1"))))
        .isEqualTo("4d1a9a5f");
    assertThat(roleOf(resources("{gang: volcano}").pod(0, 1))).isNull();
  }

  private static String roleOf(Pod pod) {
    return pod.getMetadata().getAnnotations().get("kueue.x-k8s.io/role-hash");
  }

  private static String queueOf(Pod pod) {
    return pod.getMetadata().getLabels().get("kueue.x-k8s.io/queue-name");
  }

  @Test
  void volcanoSeesAPodGroup() {
    GenericKubernetesResource group =
        resources("{gang: volcano, queueName: research, priorityClassName: high}")
            .podGroup()
            .orElseThrow();
    Pod pod = pod("{gang: volcano, queueName: research}");

    assertThat(group.getApiVersion()).isEqualTo("scheduling.volcano.sh/v1beta1");
    assertThat(group.getAdditionalProperties().get("spec"))
        .isEqualTo(Map.of("minMember", 2, "queue", "research", "priorityClassName", "high"));
    assertThat(pod.getMetadata().getAnnotations())
        .containsEntry("scheduling.k8s.io/group-name", "small");
    assertThat(pod.getSpec().getSchedulerName()).isEqualTo("volcano");
    assertThat(pod.getMetadata().getLabels()).doesNotContainKey("kueue.x-k8s.io/queue-name");
  }

  @Test
  void coschedulingSeesAPodGroup() {
    GenericKubernetesResource group = resources("{gang: coscheduling}").podGroup().orElseThrow();
    Pod pod = pod("{gang: coscheduling}");

    assertThat(group.getApiVersion()).isEqualTo("scheduling.x-k8s.io/v1alpha1");
    assertThat(group.getMetadata().getName()).isEqualTo("small");
    assertThat(group.getAdditionalProperties().get("spec")).isEqualTo(Map.of("minMember", 2));
    assertThat(pod.getMetadata().getLabels())
        .containsEntry("scheduling.x-k8s.io/pod-group", "small");
    assertThat(pod.getSpec().getSchedulerName()).isEqualTo("scheduler-plugins-scheduler");
  }

  @ParameterizedTest(name = "gang {0} makes no PodGroup")
  @CsvSource({"none", "kueue"})
  void othersNeedNoObject(String gang) {
    assertThat(resources("{queueName: team-a, gang: %s}".formatted(gang)).podGroup()).isEmpty();
  }

  @Test
  void allPodsAreOfOneRole() {
    JobResources resources = resources("{queueName: team-a}");
    Pod first = resources.pod(0, 1);
    Pod second = resources.pod(1, 4);

    assertThat(first.getSpec().getAffinity()).isEqualTo(second.getSpec().getAffinity());
    assertThat(first.getSpec().getContainers().get(0).getResources())
        .isEqualTo(second.getSpec().getContainers().get(0).getResources());
  }

  @Test
  void aTopologyKeyBindsThePodsToOneDomain() {
    Pod pod = pod("{topologyKey: topology.kubernetes.io/zone}");

    assertThat(
            pod.getSpec()
                .getAffinity()
                .getPodAffinity()
                .getRequiredDuringSchedulingIgnoredDuringExecution())
        .singleElement()
        .satisfies(
            term -> {
              assertThat(term.getTopologyKey()).isEqualTo("topology.kubernetes.io/zone");
              assertThat(term.getLabelSelector().getMatchLabels())
                  .containsOnly(Map.entry("lit-operator.io/job", "small"));
            });
  }

  private static Pod pod(String scheduling) {
    return resources(scheduling).pod(0, 1);
  }

  private static JobResources resources(String scheduling) {
    LitTrainingJob job =
        AdmittedJobs.withSpec(
            """
            topology: {nodes: 2, device: cpu}
            checkpoints: {destination: pvc://checkpoints}
            template: {resources: {requests: {cpu: "1.5"}, limits: {memory: 8Gi}}}
            scheduling: %s
            """
                .formatted(scheduling));
    return AdmittedJobs.resources(job);
  }
}
