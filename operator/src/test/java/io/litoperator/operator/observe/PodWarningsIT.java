package io.litoperator.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.controlplane.ApiServer;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.apiserver.Namespaces;
import io.litoperator.operator.resource.JobResources;
import io.litoperator.operator.snapshot.Jobs;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.PodWarning;
import io.litoperator.operator.snapshot.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Events as kubelets write them, read back from a real API server. */
@ExtendWith(ApiServerExtension.class)
class PodWarningsIT {
  private static final Instant START = Instant.parse("2099-01-01T00:00:00Z");

  private final ApiServer server;
  private final KubernetesClient client;
  private final SettableClock clock = new SettableClock(START);
  private final LitTrainingJob job = Jobs.of(2);
  private String namespace;

  PodWarningsIT(ApiServer server, KubernetesClient client) {
    this.server = server;
    this.client = client;
  }

  @BeforeEach
  void prepare() {
    namespace = Namespaces.make(client, "warnings");
  }

  @Test
  void theNewestOfThePodIsReadOnceAMinute() {
    told("first-uid", "Warning", "FailedScheduling", "0/3 nodes", 0);
    told("first-uid", "Warning", "FailedMount", "no such volume", 20);
    told("first-uid", "Normal", "Pulling", "an image", 30);
    told("other-uid", "Warning", "FailedAttachVolume", "on another node", 40);
    PodWarnings warnings = new PodWarnings(client, clock);

    PodWarning first =
        new PodWarning("first-uid", "FailedMount", "no such volume", START.plusSeconds(20));
    assertThat(warnings.about(job, pod("first-uid"))).contains(first);

    told("first-uid", "Warning", "FailedCreatePodSandBox", "no network", 50);
    clock.pass(Duration.ofSeconds(59));
    assertThat(warnings.about(job, pod("first-uid"))).contains(first);

    clock.pass(Duration.ofSeconds(1));
    assertThat(warnings.about(job, pod("first-uid")))
        .map(PodWarning::reason)
        .contains("FailedCreatePodSandBox");
    assertThat(warnings.about(job, pod("other-uid")))
        .map(PodWarning::reason)
        .contains("FailedAttachVolume");
  }

  @Test
  void whoMayNotReadEventsGoesOnWithoutThem() {
    told("first-uid", "Warning", "FailedMount", "no such volume", 20);
    try (KubernetesClient stranger = server.clientAs("stranger")) {
      assertThat(new PodWarnings(stranger, clock).about(job, pod("first-uid"))).isEmpty();
    }
  }

  @Test
  void aSnapshotTellsWhyAPodHasWaitedLong() {
    job.getMetadata().setNamespace(namespace);
    JobResources resources = JobResources.of(job, Jobs.SETTINGS);
    client.resource(resources.serviceAccount()).create();
    Pod placed =
        new PodBuilder(resources.pod(0, 1)).editSpec().withNodeName("far").endSpec().build();
    String uid = client.resource(placed).create().getMetadata().getUid();
    job.setStatus(
        Serialization.unmarshal(
            "phase: Starting\nmembers: [{index: 0, podUid: %s, attempt: 1}]".formatted(uid),
            LitTrainingJobStatus.class));
    told(uid, "Warning", "FailedMount", "no such volume", 0);
    Observer observer =
        new Observer(client, new JobCaches(() -> true), of -> Optional.empty(), () -> "ca", clock);

    assertThat(observer.observe(job, Optional.empty(), false).warning())
        .contains(new PodWarning(uid, "FailedMount", "no such volume", START));
  }

  private ObservedPod pod(String uid) {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName("job-0")
            .withUid(uid)
            .endMetadata()
            .build();
    return new ObservedPod(pod);
  }

  private void told(String podUid, String type, String reason, String message, int second) {
    Event event =
        new EventBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName("job-0." + second)
            .endMetadata()
            .withNewInvolvedObject()
            .withApiVersion("v1")
            .withKind("Pod")
            .withNamespace(namespace)
            .withName("job-0")
            .withUid(podUid)
            .endInvolvedObject()
            .withNewSource()
            .withComponent("kubelet")
            .endSource()
            .withType(type)
            .withReason(reason)
            .withMessage(message)
            .withFirstTimestamp(START.toString())
            .withLastTimestamp(START.plusSeconds(second).toString())
            .build();
    client.resource(event).create();
  }
}
