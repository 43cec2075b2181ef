package io.litoperator.worker.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.litoperator.api.job.HubPath;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.transfer.Proxies;
import io.litoperator.worker.transfer.TestCertificate;
import io.litoperator.worker.transfer.Transient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class HubClientTest {
  private static final HubPath MODEL = HubPath.parse("hf://owner/name").orElseThrow();

  @TempDir Path folder;

  @Test
  void anUnknownAuthorityIsToldWithTheVariableThatNamesIt() throws Exception {
    TestCertificate certificate = TestCertificate.make(folder, "hub", "ca.pem");
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
    byte[] commit = "{\"sha\": \"%s\"}".formatted("a".repeat(40)).getBytes();
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, commit.length);
          exchange.getResponseBody().write(commit);
          exchange.close();
        });
    server.start();
    try {
      URI endpoint = URI.create("https://localhost:" + server.getAddress().getPort());
      assertThatThrownBy(() -> client(endpoint, Map.of()).commit(MODEL))
          .isInstanceOfSatisfying(
              HubFault.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INVALID))
          .hasMessage(
              "nobody who is trusted vouches for the certificate of localhost; name its"
                  + " authority's PEM file in SSL_CERT_FILE");
      Map<String, String> named = Map.of("SSL_CERT_FILE", certificate.authority().toString());
      assertThat(client(endpoint, named).commit(MODEL)).isEqualTo("a".repeat(40));
    } finally {
      server.stop(0);
    }
  }

  private HubClient client(URI endpoint, Map<String, String> environment) {
    return new HubClient(
        new HubSettings(endpoint, Optional.empty(), folder, false, Proxies.of(environment)),
        Duration.ofSeconds(3));
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void anAnswerThatStallsAmidItsBodyIsGivenUp() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write("{\"sha\": ".getBytes());
          exchange.getResponseBody().flush();
        });
    server.start();
    try {
      URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());

      assertThatThrownBy(() -> client(endpoint, Map.of()).commit(MODEL))
          .isInstanceOf(Transient.class)
          .hasMessageContaining("did not answer completely");
    } finally {
      server.stop(0);
    }
  }
}
