package io.litoperator.worker.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.api.job.HubPath;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Against a server that speaks the hub's API. */
class HubTest extends HubClientOfFake {
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
        .isEqualTo(Path.of("../../blobs", FakeRepository.blob(WEIGHTS)));
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
    Files.write(repository.resolve("blobs/" + FakeRepository.blob(WEIGHTS)), WEIGHTS);
    Files.createSymbolicLink(
        snapshot.resolve("model.safetensors"),
        Path.of("../../blobs", FakeRepository.blob(WEIGHTS)));

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
}
