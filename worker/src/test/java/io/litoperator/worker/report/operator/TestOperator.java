package io.litoperator.worker.report.operator;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.litoperator.api.progress.ProgressReport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** An HTTPS endpoint with a certificate of its own, which answers as a test says. */
final class TestOperator implements AutoCloseable {
  private static final char[] PASSWORD = "changeit".toCharArray();
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

  record Received(ProgressReport report, String authorization, long nanoTime) {}

  /** Listens, and writes {@code ca.crt} and {@code token} into the folder. */
  TestOperator(Path folder, String name) throws Exception {
    this.folder = folder;
    KeyStore keys = keys(folder.resolve(name + ".p12"));
    trust(keys.getCertificate("operator"));
    Files.writeString(folder.resolve("token"), "first-token\n");
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(keys, PASSWORD);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(managers.getKeyManagers(), null, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.createContext("/progress", this::handle);
    server.start();
  }

  private static KeyStore keys(Path file) throws Exception {
    new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "operator",
            "-keyalg",
            "EC",
            "-dname",
            "CN=operator",
            "-ext",
            "san=ip:127.0.0.1,dns:localhost",
            "-keystore",
            file.toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            new String(PASSWORD))
        .inheritIO()
        .start()
        .waitFor();
    return KeyStore.getInstance(file.toFile(), PASSWORD);
  }

  private void trust(Certificate certificate) throws Exception {
    String pem =
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
            + "\n-----END CERTIFICATE-----\n";
    Files.writeString(folder.resolve("ca.crt"), pem);
  }

  private void handle(HttpExchange exchange) throws IOException {
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
      received.add(new Received(report, authorization, System.nanoTime()));
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
