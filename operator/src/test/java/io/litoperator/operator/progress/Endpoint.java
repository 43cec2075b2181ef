package io.litoperator.operator.progress;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.litoperator.operator.tls.Certificates;
import io.litoperator.operator.tls.IssuedInMemory;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The real endpoint on a free port, over what {@link SimulatedInformers} and {@link Tokens} say.
 */
final class Endpoint implements AutoCloseable {
  private static final ObjectMapper JSON =
      new ObjectMapper().setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

  final SimulatedInformers jobs = new SimulatedInformers();
  final Tokens tokens = new Tokens();
  final IssuedInMemory issued = new IssuedInMemory("localhost");
  final Certificates certificates = issued.certificates();
  final List<ProgressStatus> written = new CopyOnWriteArrayList<>();
  volatile boolean takesNoStatus;
  final List<JobName> reported = new CopyOnWriteArrayList<>();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Vertx vertx = Vertx.vertx();
  private final ProgressEndpoint endpoint;

  Endpoint(Map<String, String> settings) {
    endpoint =
        ProgressEndpoint.start(
                vertx,
                settings(settings),
                certificates,
                jobs,
                tokens,
                (job, uid, status) -> write(status),
                (namespace, name) -> reported.add(new JobName(namespace, name)),
                registry)
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  private boolean write(ProgressStatus status) {
    if (takesNoStatus) {
      throw new KubernetesClientException("no status is taken");
    }
    return written.add(status);
  }

  /** Those of the operator, but for a free port. */
  static ProgressSettings settings(Map<String, String> changed) {
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder()
            .withMapping(ProgressSettings.class)
            .withConverter(Duration.class, 300, Endpoint::duration)
            .withDefaultValue("lit.progress.port", "0");
    changed.forEach((name, value) -> builder.withDefaultValue("lit.progress." + name, value));
    return builder.build().getConfigMapping(ProgressSettings.class);
  }

  /** As Quarkus reads 5s and 1m. */
  private static Duration duration(String text) {
    return Duration.parse("PT" + text);
  }

  int port() {
    return endpoint.port();
  }

  Heartbeats heartbeats() {
    return endpoint;
  }

  /** That trusts the endpoint's authority, and keeps its connection. */
  HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .sslContext(trust(certificates.pem()))
        .build();
  }

  static SSLContext trust(String pem) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (var authority :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
        store.setCertificateEntry("ca" + number++, authority);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  URI uri(JobName job) {
    return URI.create(
        "https://localhost:%d/apis/lit-operator.io/v1alpha1/namespaces/%s/littrainingjobs/%s/progress"
            .formatted(port(), job.namespace(), job.name()));
  }

  HttpResponse<String> post(HttpClient client, JobName job, String token, Object report)
      throws IOException, InterruptedException {
    return post(client, job, token, BodyPublishers.ofString(json(report)));
  }

  HttpResponse<String> post(HttpClient client, JobName job, String token, BodyPublisher body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(job)).timeout(Duration.ofSeconds(20)).POST(body);
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  static String json(Object value) {
    try {
      return value instanceof String text ? text : JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many requests were answered so. */
  double answered(int code) {
    Counter counter =
        registry.find("lit.progress.requests").tag("code", Integer.toString(code)).counter();
    return counter == null ? 0 : counter.count();
  }

  @Override
  public void close() {
    endpoint.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
