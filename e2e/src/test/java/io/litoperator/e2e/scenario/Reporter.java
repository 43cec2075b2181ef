package io.litoperator.e2e.scenario;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Sends reports to the operator as a Pod does, or as nobody should. */
final class Reporter implements AutoCloseable {
  private final KubernetesClient client;
  private final HttpClient http;
  private final URI uri;
  private final URI metrics;
  private final Map<Integer, Integer> answers = new TreeMap<>();
  private final Opening opening;

  /**
   * @param job that it reports for
   */
  Reporter(Testbed testbed, RunningJob job) {
    this.client = testbed.client();
    this.http = HttpClient.newBuilder().sslContext(operatorsAuthority()).build();
    // The Pod's address: Services are known on nodes only. Its certificate names the Service, so
    // that this JVM checks no host names (jdk.internal.httpclient.disableHostnameVerification).
    String address = testbed.operatorPod().getStatus().getPodIP();
    this.uri =
        URI.create(
            "https://%s:8443/apis/lit-operator.io/v1alpha1/namespaces/%s/littrainingjobs/%s/progress"
                .formatted(address, Testbed.NAMESPACE, job.name()));
    this.metrics = URI.create("http://%s:8080/q/metrics".formatted(address));
    // This process is no Pod.
    this.opening =
        Opening.make(
            client,
            OperatorRelease.NAMESPACE,
            Map.of(),
            new NetworkPolicyPeerBuilder()
                .withNewIpBlock()
                .withCidr(testbed.cluster().address() + "/32")
                .endIpBlock()
                .build());
    await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> !metrics().isEmpty());
  }

  /** Posts a body with a token; the answer's code. */
  int post(String token, byte[] body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    int code = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    answers.merge(code, 1, Integer::sum);
    return code;
  }

  /** How often each code was the answer to what was posted. */
  Map<Integer, Integer> answers() {
    return answers;
  }

  /** How many answers with a code the operator's metrics count. */
  int counted(int code) {
    String series = "lit_progress_requests_total{code=\"%d\"} ".formatted(code);
    try {
      return metrics()
          .lines()
          .filter(line -> line.startsWith(series))
          .mapToInt(line -> (int) Double.parseDouble(line.substring(series.length())))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    opening.close();
  }

  private String metrics() throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** A token for a Pod, as the kubelet gets one. */
  String token(Pod pod, String audience) {
    TokenRequest request =
        new TokenRequestBuilder()
            .withNewSpec()
            .withAudiences(audience)
            .withExpirationSeconds(600L)
            .withNewBoundObjectRef(
                "v1", "Pod", pod.getMetadata().getName(), pod.getMetadata().getUid())
            .endSpec()
            .build();
    return client
        .serviceAccounts()
        .inNamespace(pod.getMetadata().getNamespace())
        .withName(pod.getSpec().getServiceAccountName())
        .tokenRequest(request)
        .getStatus()
        .getToken();
  }

  private SSLContext operatorsAuthority() {
    String pem =
        client
            .configMaps()
            .inNamespace(Testbed.NAMESPACE)
            .withName("lit-operator-ca")
            .require()
            .getData()
            .get("ca.crt");
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))) {
        store.setCertificateEntry("authority-" + number++, certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
