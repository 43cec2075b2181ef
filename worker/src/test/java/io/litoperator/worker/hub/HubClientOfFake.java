package io.litoperator.worker.hub;

import io.litoperator.api.job.HubPath;
import io.litoperator.worker.transfer.Backoff;
import io.litoperator.worker.transfer.Progress;
import io.litoperator.worker.transfer.Proxies;
import io.litoperator.worker.transfer.Retries;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A hub's client beside a server that speaks the hub's API. */
abstract class HubClientOfFake {
  static final HubPath MODEL = HubPath.parse("hf://owner/name").orElseThrow();
  static final Hub.Selection ALL = paths -> paths;
  static final byte[] WEIGHTS = random(300_000);

  @TempDir Path folder;
  FakeHub server;
  final List<String> waits = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() {
    server =
        FakeHub.of("models/owner/name")
            .with("config.json", "{}")
            .with("tokenizer.json", "{\"model\": {}}")
            .with("model.safetensors", WEIGHTS)
            .with("onnx/model.onnx", random(2000));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  Hub.Fetched fetch(HubPath source) throws IOException {
    return hub().fetch(source, Optional.empty(), ALL, Progress.NONE);
  }

  Hub hub() {
    return new Hub(settings(Optional.empty(), false), retries());
  }

  HubSettings settings(Optional<String> token, boolean offline) {
    return new HubSettings(
        server.endpoint(), token, folder.resolve("hub"), offline, Proxies.of(Map.of()));
  }

  Retries retries() {
    return new Retries(noting(), Duration.ofSeconds(10));
  }

  Backoff noting() {
    return new Backoff() {
      @Override
      public void await(int attempt, Optional<String> retryAfter) {
        waits.add(attempt + retryAfter.map(r -> " after " + r).orElse(""));
      }
    };
  }

  static byte[] random(int size) {
    return random(size, size);
  }

  static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
