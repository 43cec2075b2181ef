package io.litoperator.worker.hub;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.litoperator.api.job.HubPath;
import io.litoperator.worker.transfer.Proxies;
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
  @TempDir Path folder;

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
      HubSettings settings =
          new HubSettings(endpoint, Optional.empty(), folder, false, Proxies.of(Map.of()));
      HubClient client = new HubClient(settings, Duration.ofSeconds(3));

      assertThatThrownBy(() -> client.commit(HubPath.parse("hf://owner/name").orElseThrow()))
          .isInstanceOf(Transient.class)
          .hasMessageContaining("did not answer completely");
    } finally {
      server.stop(0);
    }
  }
}
