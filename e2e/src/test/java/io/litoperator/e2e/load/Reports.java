package io.litoperator.e2e.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.Progress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Coordinators that report, each every ten seconds, evenly spread. */
final class Reports implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private final KubernetesClient client;
  private final HttpClient http = HttpClient.newBuilder().sslContext(Trust.ofAnyone()).build();
  private final Map<Integer, LongAdder> codes = new ConcurrentHashMap<>();
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);

  Reports(KubernetesClient client) {
    this.client = client;
  }

  /** Lets a job's coordinator report, from some moment within the next interval on. */
  void start(LitTrainingJob job, Pod coordinator) {
    String token = token(job, coordinator);
    AtomicLong sequence = new AtomicLong();
    clock.scheduleAtFixedRate(
        () -> post(job, token, Activity.PRETRAINING, sequence.incrementAndGet()),
        ThreadLocalRandom.current().nextLong(INTERVAL.toMillis()),
        INTERVAL.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** Tells that all is done, as a coordinator's last report does. */
  void done(LitTrainingJob job, Pod coordinator) {
    post(job, token(job, coordinator), Activity.DONE, 1_000_000);
  }

  /** How many answers had which code. */
  Map<Integer, Long> codes() {
    Map<Integer, Long> counts = new TreeMap<>();
    codes.forEach((code, count) -> counts.put(code, count.sum()));
    return counts;
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }

  private void post(LitTrainingJob job, String token, Activity activity, long sequence) {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "https://127.0.0.1:%d/apis/lit-operator.io/v1alpha1/namespaces/%s/littrainingjobs/%s/progress"
                        .formatted(
                            OperatorProcess.PROGRESS_PORT,
                            job.getMetadata().getNamespace(),
                            job.getMetadata().getName())))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(report(activity, sequence)))
            .build();
    http.sendAsync(request, HttpResponse.BodyHandlers.discarding())
        .whenComplete(
            (answer, failure) ->
                codes
                    .computeIfAbsent(
                        failure == null ? answer.statusCode() : -1, code -> new LongAdder())
                    .increment());
  }

  private String token(LitTrainingJob job, Pod pod) {
    return client
        .serviceAccounts()
        .inNamespace(pod.getMetadata().getNamespace())
        .withName(pod.getSpec().getServiceAccountName())
        .tokenRequest(
            new TokenRequestBuilder()
                .withNewSpec()
                .withAudiences("lit-operator.io/" + job.getMetadata().getUid())
                .withExpirationSeconds(3600L)
                .withNewBoundObjectRef(
                    "v1", "Pod", pod.getMetadata().getName(), pod.getMetadata().getUid())
                .endSpec()
                .build())
        .getStatus()
        .getToken();
  }

  private static byte[] report(Activity activity, long sequence) {
    Progress progress =
        new Progress(
            "pretrain",
            sequence,
            1_000_001L,
            1,
            0.1,
            2.5,
            null,
            2.5,
            1e-3,
            1.0,
            64.0,
            4096.0,
            null,
            1L << 30,
            null,
            null);
    try {
      return JSON.writeValueAsBytes(
          new ProgressReport(
              1, sequence, activity, 2, progress, List.of(), null, List.of(), Map.of(), null));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
