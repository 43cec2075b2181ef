package io.litoperator.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.operator.resource.Kueue;
import io.litoperator.operator.snapshot.Jobs;
import io.litoperator.operator.snapshot.SettableClock;
import io.litoperator.operator.snapshot.Snapshot;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObserverTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** A Pod that has failed, which Kueue keeps. */
  private static final String HELD =
      """
      {"apiVersion": "v1", "kind": "Pod",
       "metadata": {"name": "job-0", "uid": "pod-1", "finalizers": ["%s"],
                    "ownerReferences": [{"apiVersion": "v1", "kind": "X", "name": "job", "uid": "%s"}]},
       "spec": {"nodeName": "node-0", "containers": []},
       "status": {"phase": "Failed"}}
      """
          .formatted(Kueue.FINALIZER, Jobs.of(1).getMetadata().getUid());

  /** Else every gang would seem to have been silent for as long as the standby has run. */
  @Test
  void aStandbyListensFromWhenItLooksAtTheFirstJob() {
    SettableClock clock = new SettableClock(START);
    try (KubernetesClient client = new KubernetesClientBuilder().build()) {
      Observer observer = observer(client, clock);
      clock.pass(Duration.ofDays(3));
      Snapshot first = observer.observe(Jobs.of(2), Optional.empty(), false);

      clock.pass(Duration.ofMinutes(1));
      LitTrainingJob another = Jobs.of(2);
      another.getMetadata().setUid("another");
      Snapshot second = observer.observe(another, Optional.empty(), false);

      assertThat(first.listeningSince()).isEqualTo(START.plus(Duration.ofDays(3)));
      assertThat(second.listeningSince()).isEqualTo(first.listeningSince());
      assertThat(second.now()).isAfter(first.now());
    }
  }

  /** Of a job that is over, Kueue learns by its Pods' ends; only without Pods it must be told. */
  @ParameterizedTest(name = "{0}, {1} Pods: {2}")
  @CsvSource({
    "FINETUNING, 1, true",
    "SUCCEEDED, 1, false",
    "FAILED, 1, false",
    "FAILED, 0, true",
  })
  void readsTheWorkloadWhereItMatters(Phase phase, int pods, boolean reads) throws IOException {
    List<String> read = new CopyOnWriteArrayList<>();
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          read.add(path);
          boolean found = path.endsWith("/pods/job-0") && pods == 1;
          byte[] answer = (found ? HELD : "{}").getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(found ? 200 : 404, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(url)
            .withRequestRetryBackoffLimit(0)
            .build();
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
      observer(client, new SettableClock(START)).observe(queued(phase), Optional.empty(), false);
    } finally {
      server.stop(0);
    }

    assertThat(read.stream().anyMatch(path -> path.endsWith("/workloads/job"))).isEqualTo(reads);
  }

  private static LitTrainingJob queued(Phase phase) {
    LitTrainingJob job = Jobs.of(1);
    job.getMetadata().setLabels(Map.of(Kueue.QUEUE_NAME, "team-a"));
    job.setStatus(
        Serialization.unmarshal(
            "phase: %s\nmembers: [{index: 0, podUid: pod-1, attempt: 1}]"
                .formatted(Serialization.asJson(phase)),
            LitTrainingJobStatus.class));
    return job;
  }

  private static Observer observer(KubernetesClient client, SettableClock clock) {
    return new Observer(
        client, new JobCaches(() -> true), job -> Optional.empty(), () -> "ca", clock);
  }
}
