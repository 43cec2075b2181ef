package io.litoperator.worker.report.operator;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.worker.transfer.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An HTTPS endpoint with a given certificate, which answers as a test says. */
final class TestOperator implements AutoCloseable {
  private static final Answer CONTINUE = new Answer(200, "{\"directive\":\"continue\"}", null);

  private final HttpsServer server;
  private final Path folder;
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();

  record Answer(int status, String body, String retryAfter) {
    static Answer refused(int status) {
      return new Answer(status, "{\"message\":\"No.\"}", null);
    }

    static Answer later(int status, String seconds) {
      return new Answer(status, "{\"message\":\"Later.\"}", seconds);
    }

    static Answer directive(String directive) {
      return new Answer(200, "{\"directive\":\"" + directive + "\",\"message\":\"So.\"}", null);
    }
  }

  /**
   * @param nanoTime before the answer was sent
   */
  record Received(ProgressReport report, String authorization, long nanoTime) {}

  /** Listens, and writes {@code ca.crt} and {@code token} into the folder. */
  TestOperator(Path folder, TestCertificate certificate) throws Exception {
    this.folder = folder;
    Files.copy(certificate.authority(), folder.resolve("ca.crt"), REPLACE_EXISTING);
    Files.writeString(folder.resolve("token"), "first-token\n");
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
    server.createContext("/progress", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    long nanoTime = System.nanoTime();
    try (exchange) {
      ProgressReport report =
          new JsonMapper().readValue(exchange.getRequestBody(), ProgressReport.class);
      String authorization = exchange.getRequestHeaders().getFirst("Authorization");
      Answer answer = answers.isEmpty() ? CONTINUE : answers.remove();
      if (answer.retryAfter() != null) {
        exchange.getResponseHeaders().set("Retry-After", answer.retryAfter());
      }
      byte[] body = answer.body().getBytes();
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
      received.add(new Received(report, authorization, nanoTime));
    }
  }

  void answers(Answer... next) {
    answers.addAll(java.util.List.of(next));
  }

  Received next() throws InterruptedException {
    Received next = received.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no report came");
    }
    return next;
  }

  Reporter.Endpoint endpoint() {
    return new Reporter.Endpoint(
        URI.create("https://localhost:" + server.getAddress().getPort() + "/progress"),
        folder.resolve("token"),
        folder.resolve("ca.crt"));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
