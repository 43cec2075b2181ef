package io.litoperator.e2e.program;

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
  private final int port;
  private final HttpClient http = HttpClient.newBuilder().sslContext(Trust.ofAnyone()).build();
  private final Map<Integer, LongAdder> codes = new ConcurrentHashMap<>();
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);

  /**
   * @param port of the operator's progress endpoint
   */
  Reports(KubernetesClient client, int port) {
    this.client = client;
    this.port = port;
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

  /** Sends one report; the answer's status code. */
  int tell(LitTrainingJob job, Pod coordinator, ProgressReport report) {
    HttpRequest request = request(job, token(job, coordinator), json(report));
    return http.sendAsync(request, HttpResponse.BodyHandlers.discarding()).join().statusCode();
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
    HttpRequest request = request(job, token, json(report(activity, sequence)));
    http.sendAsync(request, HttpResponse.BodyHandlers.discarding())
        .whenComplete(
            (answer, failure) ->
                codes
                    .computeIfAbsent(
                        failure == null ? answer.statusCode() : -1, code -> new LongAdder())
                    .increment());
  }

  private HttpRequest request(LitTrainingJob job, String token, byte[] body) {
    return HttpRequest.newBuilder(
            URI.create(
                "https://127.0.0.1:%d/apis/lit-operator.io/v1alpha1/namespaces/%s/littrainingjobs/%s/progress"
                    .formatted(
                        port, job.getMetadata().getNamespace(), job.getMetadata().getName())))
        .header("Authorization", "Bearer " + token)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
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

  private static ProgressReport report(Activity activity, long sequence) {
    return new ProgressReport(
        1, sequence, activity, 2, progress(sequence), List.of(), null, List.of(), Map.of(), null);
  }

  /** After a step of the pretraining. */
  static Progress progress(long step) {
    return new Progress(
        "pretrain",
        step,
        1_000_001L,
        1,
        0.1,
        2.5,
        3.5,
        2.25,
        1e-3,
        1.0,
        64.0,
        4096.0,
        0.4,
        1L << 30,
        null,
        null);
  }

  private static byte[] json(ProgressReport report) {
    try {
      return JSON.writeValueAsBytes(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
