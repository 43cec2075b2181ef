package io.litoperator.e2e.scenario;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Pod that runs the worker in a member's place, with a guess for the job's token. The network
 * lets it through to the job's Pods.
 */
final class Stranger implements AutoCloseable {
  private static final Map<String, String> LABELS = Map.of("test", "stranger");

  private final KubernetesClient client;
  private final Opening opening;
  private final Secret guess;
  private final Pod pod;

  private Stranger(KubernetesClient client, Opening opening, Secret guess, Pod pod) {
    this.client = client;
    this.opening = opening;
    this.guess = guess;
    this.pod = pod;
  }

  static Stranger inPlaceOf(KubernetesClient client, Pod member) {
    String job = member.getMetadata().getLabels().get("lit-operator.io/job");
    Secret guess =
        new SecretBuilder()
            .withNewMetadata()
            .withName("guess")
            .withNamespace(Testbed.NAMESPACE)
            .endMetadata()
            .addToStringData("token", "0123456789abcdef".repeat(4))
            .build();
    Pod pod =
        new PodBuilder(member)
            .withNewMetadata()
            .withName("stranger")
            .withNamespace(Testbed.NAMESPACE)
            .withLabels(LABELS)
            .endMetadata()
            .editSpec()
            .withHostname("stranger")
            .endSpec()
            .withStatus(null)
            .build();
    pod.getSpec().getVolumes().stream()
        .filter(volume -> volume.getProjected() != null)
        .flatMap(volume -> volume.getProjected().getSources().stream())
        .filter(source -> source.getSecret() != null)
        .forEach(source -> source.getSecret().setName("guess"));
    Opening opening =
        Opening.make(
            client,
            Testbed.NAMESPACE,
            Map.of("lit-operator.io/job", job),
            new NetworkPolicyPeerBuilder()
                .withNewPodSelector()
                .withMatchLabels(LABELS)
                .endPodSelector()
                .build());
    client.resource(guess).create();
    return new Stranger(client, opening, guess, client.resource(pod).create());
  }

  /** Waits until it tells that the coordinator has turned it away. */
  void awaitRefusal() {
    client
        .resource(pod)
        .waitUntilCondition(
            each -> each != null && "Running".equals(each.getStatus().getPhase()),
            3,
            TimeUnit.MINUTES);
    await()
        .atMost(Duration.ofMinutes(3))
        .until(() -> log().contains("has another secret for the job"));
  }

  String log() {
    return client.pods().resource(pod).getLog();
  }

  @Override
  public void close() {
    client.resource(pod).withGracePeriod(0).delete();
    client.resource(guess).delete();
    opening.close();
  }
}
