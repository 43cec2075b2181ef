package io.litoperator.worker.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.api.job.HubPath;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.transfer.Backoff;
import io.litoperator.worker.transfer.Progress;
import io.litoperator.worker.transfer.Proxies;
import io.litoperator.worker.transfer.Retries;
import io.litoperator.worker.transfer.Transient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a server that speaks the hub's API. */
class HubTest {
  private static final HubPath MODEL = HubPath.parse("hf://owner/name").orElseThrow();
  private static final Hub.Selection ALL = paths -> paths;
  private static final byte[] WEIGHTS = random(300_000);

  @TempDir Path folder;
  private FakeHub server;
  private final List<String> waits = new CopyOnWriteArrayList<>();

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

  @Test
  void bringsOnceWhatSeveralFilesHold() throws IOException {
    byte[] same = random(100_000);
    for (int i = 0; i < 20; i++) {
      server.with("same/" + i + ".bin", same);
    }
    AtomicLong total = new AtomicLong();

    Hub.Fetched fetched =
        hub()
            .fetch(
                HubPath.parse("hf://owner/name/same").orElseThrow(),
                Optional.empty(),
                ALL,
                (what, bytes, all) -> total.set(all));

    for (int i = 0; i < 20; i++) {
      assertThat(fetched.path().resolve(i + ".bin")).hasBinaryContent(same);
    }
    assertThat(total).hasValue(same.length);
    assertThat(server.requests()).filteredOn(request -> request.contains("/resolve/")).hasSize(1);
  }

  @Test
  void bringsWhatIsSelectedIntoTheCachesLayout() throws IOException {
    AtomicLong done = new AtomicLong();
    AtomicLong total = new AtomicLong();

    Hub.Fetched fetched =
        hub()
            .fetch(
                MODEL,
                Optional.empty(),
                paths -> paths.stream().filter(path -> !path.contains("/")).toList(),
                (what, bytes, all) -> {
                  done.accumulateAndGet(bytes, Math::max);
                  total.set(all);
                });

    Path repository = folder.resolve("hub/models--owner--name");
    assertThat(fetched.commit()).isEqualTo("1".repeat(40));
    assertThat(fetched.path()).isEqualTo(repository.resolve("snapshots/" + fetched.commit()));
    assertThat(fetched.path().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(Files.readSymbolicLink(fetched.path().resolve("model.safetensors")))
        .isEqualTo(Path.of("../../blobs", FakeHub.blob(WEIGHTS)));
    assertThat(fetched.path().resolve("onnx")).doesNotExist();
    assertThat(repository.resolve("refs/main")).hasContent(fetched.commit());
    assertThat(done).hasValue(total.get());
    assertThat(total).hasValue(WEIGHTS.length + 2 + 13);
  }

  @Test
  void nothingIsDownloadedTwice() throws IOException {
    fetch(MODEL);
    server.forget();
    fetch(MODEL);
    assertThat(server.requests()).noneMatch(request -> request.contains("/resolve/"));

    // Another commit of the same content needs no more either.
    server.commit("2".repeat(40));
    server.forget();
    Hub.Fetched fetched = fetch(MODEL);
    assertThat(fetched.path().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(server.requests()).noneMatch(request -> request.contains("/resolve/"));
  }

  /** As huggingface_hub leaves it. */
  @Test
  void whatThePythonLibraryHasDownloadedIsUsed() throws IOException {
    Path repository = folder.resolve("hub/models--owner--name");
    Path snapshot = repository.resolve("snapshots/" + "1".repeat(40));
    Files.createDirectories(repository.resolve("blobs"));
    Files.createDirectories(snapshot);
    Files.write(repository.resolve("blobs/" + FakeHub.blob(WEIGHTS)), WEIGHTS);
    Files.createSymbolicLink(
        snapshot.resolve("model.safetensors"), Path.of("../../blobs", FakeHub.blob(WEIGHTS)));

    fetch(MODEL);

    assertThat(server.requests()).noneMatch(request -> request.contains("model.safetensors"));
  }

  @Test
  void aRevisionStaysWhereItWas() throws IOException {
    Hub.Fetched first = fetch(MODEL);
    server.commit("2".repeat(40));

    Hub.Fetched pinned = hub().fetch(MODEL, Optional.of(first.commit()), ALL, Progress.NONE);

    assertThat(pinned).isEqualTo(first);
  }

  @ParameterizedTest(name = "cut after {0} and {1} bytes")
  @CsvSource({"1, 100000", "0, 299999", "150000, 100000"})
  void aCutDownloadGoesOnWhereItWas(int first, int second) throws IOException {
    server.fault(FakeHub.Fault.cutAfter(first));
    server.fault(FakeHub.Fault.cutAfter(second));

    Hub.Fetched fetched =
        hub().fetch(MODEL, Optional.empty(), paths -> List.of("model.safetensors"), Progress.NONE);

    assertThat(fetched.path().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    List<String> asked =
        server.requests().stream().filter(r -> r.startsWith("/model.safetensors")).toList();
    assertThat(asked).hasSize(3);
    // What is on its way when it is cut may be lost.
    assertThat(Integer.parseInt(asked.get(2).replaceAll("\\D", "")))
        .isBetween((first + second) / 2, first + second);
  }

  @Test
  void anotherProcessGoesOnWithWhatOneHasLeft() throws IOException {
    server.fault(FakeHub.Fault.cutAfter(200_000));
    assertThatThrownBy(
            () ->
                new Hub(settings(Optional.empty(), false), new Retries(noting(), Duration.ZERO))
                    .fetch(
                        MODEL, Optional.empty(), p -> List.of("model.safetensors"), Progress.NONE))
        .isInstanceOf(Transient.class)
        .hasMessageContaining("was cut");
    server.forget();

    Hub.Fetched fetched = fetch(MODEL);

    assertThat(server.requests())
        .filteredOn(request -> request.startsWith("/model.safetensors"))
        .singleElement()
        .asString()
        .containsPattern("bytes=1\\d{5}-|bytes=200000-");
    assertThat(fetched.path().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
  }

  @Test
  void whatCameAlteredIsGotAgain() throws IOException {
    Path incomplete =
        folder.resolve("hub/models--owner--name/blobs/" + FakeHub.blob(WEIGHTS) + ".incomplete");
    Files.createDirectories(incomplete.getParent());
    Files.write(incomplete, random(1000, 5));

    assertThat(fetch(MODEL).path().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(waits).hasSize(1);
  }

  @Test
  void aBusyHubIsAskedAgainWhenItSays() throws IOException {
    server.fault(FakeHub.Fault.status(429, "7"));
    server.fault(FakeHub.Fault.status(503, null));

    hub().fetch(MODEL, Optional.empty(), paths -> List.of("config.json"), Progress.NONE);

    assertThat(waits).containsExactly("1 after 7", "2");
  }

  @Test
  void theTokenIsTheHubsAlone() throws IOException {
    server.require("hf_secret");

    // Storage refuses requests with a token.
    Hub.Fetched fetched =
        new Hub(settings(Optional.of("hf_secret"), false), retries())
            .fetch(MODEL, Optional.empty(), ALL, Progress.NONE);

    assertThat(fetched.path().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
  }

  @Test
  void withoutATokenOneSentenceSaysWhatToDo() {
    server.require("hf_secret");

    assertThatThrownBy(() -> fetch(MODEL))
        .isInstanceOfSatisfying(
            HubFault.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INPUT_MISSING))
        .hasMessage(
            "hf://owner/name is private, or not there; correct the name, or set HF_TOKEN to a"
                + " token of somebody who may read it");
  }

  @Test
  void gatedRepositoriesAreTold() {
    server.gate("GatedRepo");

    assertThatThrownBy(() -> fetch(MODEL))
        .hasMessage(
            "hf://owner/name is gated; accept its terms at %s/owner/name, and set HF_TOKEN to a token of somebody who may read it"
                .formatted(server.endpoint()));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "hf://owner/other         | hf://owner/other is not there; correct the name",
        "hf://owner/name@v9       | owner/name has no revision v9; see ",
        "hf://owner/name/no/where | owner/name has no no/where; see ",
        "hf://owner/name/no.json  | owner/name has no no.json at "
      })
  void whatIsMissingIsNamed(String source, String message) {
    assertThatThrownBy(() -> fetch(HubPath.parse(source).orElseThrow()))
        .isInstanceOf(HubFault.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void offlineTheCacheIsAllThereIs() throws IOException {
    Hub offline = new Hub(settings(Optional.empty(), true), retries());
    assertThatThrownBy(() -> offline.fetch(MODEL, Optional.empty(), ALL, Progress.NONE))
        .isInstanceOf(HubFault.class)
        .hasMessage(
            "hf://owner/name is not in %s, and HF_HUB_OFFLINE is set; unset it, or get it there before"
                .formatted(folder.resolve("hub")));
    Hub.Fetched online = fetch(MODEL);
    server.forget();

    assertThat(offline.fetch(MODEL, Optional.empty(), ALL, Progress.NONE)).isEqualTo(online);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void foldersFilesAndPatternsOfDataSets() throws IOException {
    try (FakeHub data =
        FakeHub.of("datasets/o/n")
            .with("README.md", "# Data")
            .with("a.json", "[]")
            .with("data/train-0.parquet", random(1500))
            .with("data/train-1.parquet", random(1200))
            .with("data/test-0.parquet", random(10))
            .with("images/x/1.jpg", random(9))
            .with("images/2.jpg", random(8))) {
      server.close();
      server = data;

      Path file = fetch(HubPath.parse("hf://datasets/o/n/a.json").orElseThrow()).path();
      Path images = fetch(HubPath.parse("hf://datasets/o/n/images").orElseThrow()).path();
      Path pattern =
          fetch(HubPath.parse("hf://datasets/o/n/data/train-*.parquet").orElseThrow()).path();

      assertThat(file).hasContent("[]");
      assertThat(images.resolve("x/1.jpg")).exists();
      assertThat(images.resolve("2.jpg")).exists();
      assertThat(pattern.getFileName()).hasToString("train-*.parquet");
      assertThat(pattern.getParent())
          .isDirectoryContaining("glob:**/train-0.parquet")
          .isDirectoryContaining("glob:**/train-1.parquet")
          .isDirectoryNotContaining("glob:**/test-0.parquet");
    }
  }

  private Hub.Fetched fetch(HubPath source) throws IOException {
    return hub().fetch(source, Optional.empty(), ALL, Progress.NONE);
  }

  private Hub hub() {
    return new Hub(settings(Optional.empty(), false), retries());
  }

  private HubSettings settings(Optional<String> token, boolean offline) {
    return new HubSettings(
        server.endpoint(), token, folder.resolve("hub"), offline, Proxies.of(Map.of()));
  }

  private Retries retries() {
    return new Retries(noting(), Duration.ofSeconds(10));
  }

  private Backoff noting() {
    return new Backoff() {
      @Override
      public void await(int attempt, Optional<String> retryAfter) {
        waits.add(attempt + retryAfter.map(r -> " after " + r).orElse(""));
      }
    };
  }

  private static byte[] random(int size) {
    return random(size, size);
  }

  private static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
