package io.litoperator.worker.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthoritiesTest {
  @TempDir static Path folder;
  private static TestCertificate certificate;
  private static HttpsServer server;

  @BeforeAll
  static void serve() throws Exception {
    certificate = TestCertificate.make(folder, "hub", "ca.pem");
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterAll
  static void stop() {
    server.stop(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"})
  void aServerOfAnAuthorityThatIsNamedIsTrusted(String variable) throws Exception {
    assertThat(get(Map.of(variable, certificate.authority().toString()))).isEqualTo(204);
  }

  @Test
  void theVariableOfRequestsGoesFirst() throws Exception {
    String ours = certificate.authority().toString();
    String another = TestCertificate.make(folder, "other", "other.pem").authority().toString();

    assertThat(get(Map.of("REQUESTS_CA_BUNDLE", ours, "SSL_CERT_FILE", another))).isEqualTo(204);
    assertThatThrownBy(() -> get(Map.of("REQUESTS_CA_BUNDLE", another, "SSL_CERT_FILE", ours)))
        .isInstanceOf(SSLHandshakeException.class);
    assertThat(get(Map.of("REQUESTS_CA_BUNDLE", " ", "SSL_CERT_FILE", ours))).isEqualTo(204);
  }

  @Test
  void noOtherIs() {
    assertThatThrownBy(() -> get(Map.of()))
        .isInstanceOf(SSLHandshakeException.class)
        .satisfies(e -> assertThat(Authorities.areUnknown(e)).isTrue());
    assertThat(Authorities.areUnknown(new IOException("away"))).isFalse();
  }

  @Test
  void javasOwnStayTrusted() {
    Map<String, String> named = Map.of("SSL_CERT_FILE", certificate.authority().toString());
    assertThat(Authorities.named(named, "SSL_CERT_FILE").orElseThrow().trustManagers())
        .hasSize(1)
        .allSatisfy(
            trust ->
                assertThat(((javax.net.ssl.X509TrustManager) trust).getAcceptedIssuers())
                    .hasSizeGreaterThan(1));
  }

  @Test
  void aFileWithoutCertificatesIsToldWithItsVariable() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "");
    assertThatThrownBy(() -> Proxies.of(Map.of("SSL_CERT_FILE", empty.toString())).client())
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INVALID))
        .hasMessageContaining("SSL_CERT_FILE names " + empty + ", which holds no certificates");
    assertThatThrownBy(() -> Proxies.of(Map.of("SSL_CERT_FILE", "/none.pem")).client())
        .hasMessageContaining("SSL_CERT_FILE names /none.pem, which cannot be read");
  }

  private static int get(Map<String, String> environment) throws Exception {
    Proxies proxies = Proxies.of(environment);
    URI address = URI.create("https://localhost:" + server.getAddress().getPort() + "/");
    return proxies
        .client()
        .build()
        .send(proxies.request(address).build(), BodyHandlers.discarding())
        .statusCode();
  }
}
