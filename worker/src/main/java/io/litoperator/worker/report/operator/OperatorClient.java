package io.litoperator.worker.report.operator;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.litoperator.api.progress.ProgressReply;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.worker.transfer.Authorities;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;

/**
 * Posts reports to the operator's endpoint. The token is read anew for each, since Kubernetes
 * replaces it before it expires; the operator's certificates, when their file has changed.
 */
final class OperatorClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  private final URI url;
  private final Path token;
  private final Path certificates;
  private byte[] trusted = {};
  private HttpClient client;

  /**
   * @param token file of the bearer token
   * @param certificates file of the authorities that the operator's certificate may be of, in PEM
   */
  OperatorClient(URI url, Path token, Path certificates) {
    this.url = url;
    this.token = token;
    this.certificates = certificates;
  }

  Outcome post(ProgressReport report) throws InterruptedException {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(url)
              .timeout(ANSWER_TIMEOUT)
              .header("Authorization", "Bearer " + Files.readString(token).strip())
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(report)))
              .build();
      return outcome(client().send(request, BodyHandlers.ofString()));
    } catch (IOException | GeneralSecurityException e) {
      return new Outcome.NotTaken(
          "The operator cannot be reached at %s (%s).".formatted(url, e), Duration.ZERO);
    }
  }

  private static Outcome outcome(HttpResponse<String> response) throws IOException {
    // Sequences only rise, and so do attempts: what is old can only be this Pod.
    return switch (response.statusCode()) {
      case 200 -> new Outcome.Taken(JSON.readValue(response.body(), ProgressReply.class));
      case 409 -> new Outcome.Superseded(message(response));
      default ->
          new Outcome.NotTaken(
              "The operator answers %d: %s".formatted(response.statusCode(), message(response)),
              retryAfter(response));
    };
  }

  private static String message(HttpResponse<String> response) {
    try {
      return JSON.readTree(response.body()).path("message").asText();
    } catch (JsonProcessingException e) {
      return "(no message)";
    }
  }

  private static Duration retryAfter(HttpResponse<String> response) {
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(seconds -> seconds.matches("\\d{1,4}"))
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
        .orElse(Duration.ZERO);
  }

  private HttpClient client() throws IOException, GeneralSecurityException {
    byte[] current = Files.readAllBytes(certificates);
    if (client == null || !Arrays.equals(current, trusted)) {
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(CONNECT_TIMEOUT)
              .sslContext(Authorities.of(current).context())
              .build();
      trusted = current;
    }
    return client;
  }
}
