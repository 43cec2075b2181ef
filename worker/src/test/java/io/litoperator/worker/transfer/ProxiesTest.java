package io.litoperator.worker.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.transfer.Proxies.HttpProxy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {
  private static final URI HUB = URI.create("https://hub.test/api");

  @ParameterizedTest
  @CsvSource({
    "https://hub.test/api, secure.test",
    "http://hub.test/api, plain.test",
  })
  void eachSchemeHasItsProxy(URI address, String proxy) {
    Proxies proxies =
        Proxies.of(Map.of("HTTP_PROXY", "plain.test", "https_proxy", "http://secure.test:3128/"));

    assertThat(proxies.to(address)).map(HttpProxy::host).contains(proxy);
  }

  @Test
  void smallLettersGoBeforeCapitalsAndASchemesOwnBeforeThatOfAll() {
    assertThat(
            Proxies.of(
                    Map.of(
                        "https_proxy", "small:1", "HTTPS_PROXY", "large:2", "all_proxy", "all:3"))
                .to(HUB))
        .map(HttpProxy::port)
        .contains(1);
    assertThat(Proxies.of(Map.of("http_proxy", "plain:1", "ALL_PROXY", "all:3")).to(HUB))
        .map(HttpProxy::port)
        .contains(3);
    assertThat(Proxies.of(Map.of("https_proxy", " ")).to(HUB)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*                    | https://hub.test        | true",
        "hub.test             | https://hub.test        | true",
        "HUB.test             | https://hub.TEST        | true",
        "test                 | https://hub.test        | true",
        ".test                | https://hub.test        | true",
        "*.test               | https://hub.test        | true",
        "ub.test              | https://hub.test        | false",
        "hub.test:8443        | https://hub.test:8443   | true",
        "test:8443            | https://hub.test:8443   | true",
        "hub.test:8443        | https://hub.test        | false",
        "a.test, .svc,b.test  | http://judge.ml.svc     | true",
        "10.1.2.3             | http://10.1.2.3:8000    | true",
        "10.0.0.0/8           | http://10.1.2.3:8000    | true",
        "10.1.2.0/29          | http://10.1.2.8         | false",
        "10.1.2.0/33          | http://10.1.2.3         | false",
        "hub.test/8           | https://hub.test        | false",
        "fd00::/8             | http://[fd12::1]:8000   | true",
        "fd12::1              | http://[fd12::1]        | true",
        "fd00::/8             | http://10.1.2.3         | false",
        "2.3                  | http://10.1.2.3         | false",
        "0.0.0.0/0            | https://hub.test        | false",
      })
  void exemptsHostsDomainsAndNetworks(String noProxy, URI address, boolean exempt) {
    Proxies proxies = Proxies.of(Map.of("all_proxy", "proxy:3128", "NO_PROXY", noProxy));

    assertThat(proxies.to(address).isEmpty()).isEqualTo(exempt);
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5://me:secret@proxy:1080", "https://proxy", "http://", "a b"})
  void refusesWhatIsNoHttpProxy(String value) {
    Proxies proxies = Proxies.of(Map.of("HTTPS_PROXY", value));

    assertThatThrownBy(() -> proxies.to(HUB))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("HTTPS_PROXY")
        .hasMessageContaining("no HTTP proxy")
        .hasMessageNotContaining("secret");
  }

  @Test
  void whatNeedsNoProxyDoesNotMindAnother() {
    Proxies proxies =
        Proxies.of(Map.of("ALL_PROXY", "socks5://proxy:1080", "NO_PROXY", "hub.test"));

    assertThat(proxies.to(HUB)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://hub.invalid/api", "https://hub.invalid/api"})
  void tellsTheProxyWhoAsks(String address) throws Exception {
    try (NotingProxy proxy = new NotingProxy()) {
      assertThat(ask(address, "http://me:p%40ss@127.0.0.1:" + proxy.port())).contains("418");
      assertThat(proxy.logins()).containsExactly("Basic bWU6cEBzcw==");
      assertThat(proxy.requests()).allMatch(line -> line.contains("hub.invalid"));
    }
  }

  /** In a process of its own, as Java decides once and for all what it tells proxies. */
  private static String ask(String address, String proxy) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Asker.class.getName(),
                address,
                proxy)
            .redirectErrorStream(true)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Prints the status that it is answered, or the fault. */
  static final class Asker {
    private Asker() {}

    public static void main(String[] arguments) throws InterruptedException {
      Proxies.allowCredentials();
      Proxies proxies = Proxies.of(Map.of("ALL_PROXY", arguments[1]));
      try {
        System.out.println(
            proxies
                .client()
                .build()
                .send(
                    proxies.request(URI.create(arguments[0])).build(),
                    HttpResponse.BodyHandlers.discarding())
                .statusCode());
      } catch (IOException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
