package io.litoperator.operator.progress;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

/** Sends reports as a coordinator does, over a connection that is kept. */
final class Reporter {
  private final int port;
  private final HttpClient client;

  /**
   * @param ca authorities to trust, PEM
   */
  Reporter(int port, String ca) {
    this.port = port;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(Endpoint.trust(ca))
            .build();
  }

  /** The status code of the reply. */
  int post(JobName job, String token, Object report) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "https://localhost:%d/apis/lit-operator.io/v1alpha1/namespaces/%s/littrainingjobs/%s/progress"
                        .formatted(port, job.namespace(), job.name())))
            .header("Authorization", "Bearer " + token)
            .POST(BodyPublishers.ofString(Endpoint.json(report)))
            .build();
    return client.send(request, BodyHandlers.discarding()).statusCode();
  }
}
