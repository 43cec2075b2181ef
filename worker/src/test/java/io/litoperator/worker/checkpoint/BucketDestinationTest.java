package io.litoperator.worker.checkpoint;

import static io.litoperator.worker.checkpoint.Snapshots.finetune;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.litoperator.api.job.BucketPath;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.s3.S3Connection;
import io.litoperator.worker.s3.S3Server;
import io.litoperator.worker.s3.StoredObject;
import io.litoperator.worker.transfer.FaultyProxy;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BucketDestinationTest extends BucketStores {
  @Test
  void aCheckpointComesBackOnAnotherMachine() {
    Saved saved = Snapshots.save(here, Snapshots.of(finetune(7)));

    assertThat(saved.name()).isEqualTo(job + "/finetune-7").isEqualTo(here.name(finetune(7)));
    assertThat(elsewhere.newestVerified(none())).contains(finetune(7));
    assertThat(Snapshots.version(elsewhere.folder(finetune(7)))).isEqualTo(7);
    assertThat(elsewhere.open("finetune-7").state()).isEqualTo(Snapshots.of(finetune(7)).state());
    assertThat(elsewhere.complete())
        .singleElement()
        .satisfies(kept -> assertThat(kept.digest()).isEqualTo(saved.digest()))
        .satisfies(kept -> assertThat(kept.bytes()).isEqualTo(saved.bytes()));
  }

  @Test
  void theNewestAreKeptThereAndTheNewestHere() throws IOException {
    for (int step = 1; step <= 4; step++) {
      Snapshots.save(here, Snapshots.of(finetune(step)));
      here.of(0, "pod").prune(2, Set.of(), none());
    }

    assertThat(elsewhere.list()).containsExactly(finetune(4), finetune(3));
    assertThat(bucket.list(job.key() + "/finetune-1/")).isEmpty();
    assertThat(folder.resolve("here/finetune-4")).exists();
    assertThat(folder.resolve("here/finetune-3")).doesNotExist();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "optimizer-0.safetensors | altered | optimizer-0.safetensors was altered",
        "state.json              | cut     | state.json has 3 bytes instead of",
        "config.json             | lost    | config.json is missing",
        "manifest.json           | lost    | manifest.json is missing",
        "manifest.json           | cut     | manifest.json is not a valid manifest"
      })
  void aDamagedOneIsPassedOver(String file, String how, String what) throws IOException {
    Snapshots.save(here, Snapshots.of(finetune(1)));
    Snapshots.save(here, Snapshots.of(finetune(2)));
    String key = job.key() + "/finetune-2/" + file;
    byte[] content = bucket.read(key).orElseThrow();
    switch (how) {
      case "lost" -> bucket.delete(key);
      case "cut" -> bucket.write(key, new byte[] {content[0], content[1], content[2]});
      default -> {
        content[content.length / 2] ^= 1;
        bucket.write(key, content);
      }
    }
    List<String> notices = new ArrayList<>();

    assertThat(elsewhere.newestVerified(notices::add)).contains(finetune(1));
    assertThat(notices)
        .singleElement()
        .asString()
        .startsWith("Checkpoint " + job + "/finetune-2 is damaged and passed over: " + what);
  }

  /** At any byte that goes over the network, requests and answers. */
  @Test
  void whereverTheServiceGoesAwayTheOlderStaysAndNothingIsLost() throws IOException {
    long bytes = bytesOfASave();
    for (long point = 0; point < bytes; point += bytes / 7 + 1) {
      try (FaultyProxy proxy = FaultyProxy.to(server.port());
          S3Connection faulty = S3Server.connect(proxy.port(), Duration.ZERO)) {
        job = new BucketPath(S3Server.BUCKET, "fault-" + point + "/job");
        // A client that tries nothing again may not have noticed that a connection was closed.
        CheckpointStore sound = store(bucket, "fault-" + point);
        Snapshots.save(sound, Snapshots.of(finetune(1)));
        CheckpointStore store = store(faulty.bucket(S3Server.BUCKET), "fault-" + point);
        proxy.breakAfter(point);

        Failure failure =
            catchThrowableOfType(
                Failure.class, () -> Snapshots.save(store, Snapshots.of(finetune(2))));

        CheckpointStore other = store(bucket, "other-" + point);
        if (failure != null) {
          assertThat(failure.exitCode()).isEqualTo(ExitCode.STORAGE);
          assertThat(failure)
              .hasMessageStartingWith("Checkpoint finetune-2 could not be written to " + job)
              .hasMessageContaining("cannot be reached")
              .hasMessageContaining("is sent when the job goes on from there")
              .hasMessageEndingWith("older checkpoints are kept.");
          assertThat(other.newestVerified(notice -> {}).orElseThrow().step()).isIn(1L, 2L);
        }
        sound.of(0, "pod").recover(notice -> {});
        assertThat(other.newestVerified(none())).contains(finetune(2));
        assertThat(Snapshots.version(other.folder(finetune(2)))).isEqualTo(2);
      }
    }
  }

  @Test
  void whatWasAlteredBeforeItWasSentIsNotSent() throws IOException {
    Snapshots.save(here, Snapshots.of(finetune(1)));
    try (FaultyProxy proxy = FaultyProxy.to(server.port());
        S3Connection faulty = S3Server.connect(proxy.port(), Duration.ZERO)) {
      CheckpointStore store = store(faulty.bucket(S3Server.BUCKET), "here");
      proxy.breakAfter(0);
      assertThatExceptionOfType(Failure.class)
          .isThrownBy(() -> Snapshots.save(store, Snapshots.of(finetune(2))))
          .withMessageContaining("it is whole in " + folder.resolve("here"));
    }
    Snapshots.damage("alteration", here.folder(finetune(2)).resolve("optimizer-0.safetensors"));
    List<String> notices = new ArrayList<>();

    here.of(0, "pod").recover(notices::add);

    assertThat(notices)
        .singleElement()
        .asString()
        .startsWith("Checkpoint " + here.folder(finetune(2)) + " is damaged and passed over: ");
    assertThat(elsewhere.newestVerified(none())).contains(finetune(1));
  }

  private long bytesOfASave() {
    long most = 1 << 20;
    job = new BucketPath(S3Server.BUCKET, "measured/job");
    try (FaultyProxy proxy = FaultyProxy.to(server.port());
        S3Connection measured = S3Server.connect(proxy.port(), Duration.ofMinutes(1))) {
      CheckpointStore store = store(measured.bucket(S3Server.BUCKET), "measured");
      Snapshots.save(store, Snapshots.of(finetune(1)));
      proxy.breakAfter(most);
      Snapshots.save(store, Snapshots.of(finetune(2)));
      return most - proxy.left();
    }
  }

  @Test
  void whatIsSavedAgainTakesItsPlace() {
    Snapshots.save(here, Snapshots.of(finetune(1), 10, Snapshots.SHAPES));
    Snapshots.save(elsewhere, Snapshots.of(finetune(1), 11, Snapshots.SHAPES));

    assertThat(here.newestVerified(none())).contains(finetune(1));
    assertThat(Snapshots.version(here.folder(finetune(1)))).isEqualTo(11);
  }

  @Test
  void anEarlierAttemptPublishesAndRemovesNothing() {
    new AttemptClaims(here.attempts(), "pod-a", 1, Optional.empty()).claim(1);
    Snapshots.save(here.of(1, "pod-a"), Snapshots.of(finetune(1)));
    new AttemptClaims(elsewhere.attempts(), "pod-b", 2, Optional.empty()).claim(2);

    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> Snapshots.save(here.of(1, "pod-a"), Snapshots.of(finetune(2))))
        .matches(failure -> failure.exitCode() == ExitCode.PEER_LOST);
    assertThat(elsewhere.newestVerified(notice -> {})).contains(finetune(1));
  }

  @Test
  void ofSeveralThatWriteAFileOnceOneDoes() {
    assertThat(here.files().writeOnce("sources.json", bytes("a"))).isEqualTo(bytes("a"));
    assertThat(elsewhere.files().writeOnce("sources.json", bytes("b"))).isEqualTo(bytes("a"));
    assertThat(elsewhere.files().read("sources.json")).contains(bytes("a"));
    assertThat(elsewhere.files().read("none")).isEmpty();
  }

  @Test
  void resultsAreDelivered() throws IOException {
    Path results = Files.createDirectories(folder.resolve("results/deep"));
    Files.writeString(results.resolve("b.json"), "b");
    Files.writeString(folder.resolve("results/a.json"), "a");

    here.files().deliver(folder.resolve("results"), "predictions");
    here.files().deliver(folder.resolve("results/a.json"), "report.html");

    assertThat(bucket.list(job.key() + "/"))
        .extracting(StoredObject::key)
        .containsExactly(
            job.key() + "/predictions/a.json",
            job.key() + "/predictions/deep/b.json",
            job.key() + "/report.html");
  }

  /** Who finds them, finds all; and of two versions never a mixture. */
  @Test
  void filesThatMakeAFolderCompleteGoFirstAndComeLast() throws IOException {
    Path export = Files.createDirectories(folder.resolve("export"));
    for (String file : List.of("config.json", "a.safetensors", "index.json", "z.safetensors")) {
      Files.writeString(export.resolve(file), file);
    }
    try (FaultyProxy proxy = FaultyProxy.to(server.port());
        S3Connection watched = S3Server.connect(proxy.port(), Duration.ofMinutes(1))) {
      store(watched.bucket(S3Server.BUCKET), "here")
          .files()
          .deliver(export, "hf", List.of("index.json", "absent.json", "config.json"));

      List<String> requests =
          proxy.takeRequests().stream()
              .map(request -> request.replaceAll("/.*/|\\?.*", ""))
              .distinct()
              .toList();
      assertThat(requests).hasSize(7).endsWith("PUT index.json", "PUT config.json");
      assertThat(requests.subList(0, 3))
          .containsExactlyInAnyOrder(
              "DELETE index.json", "DELETE absent.json", "DELETE config.json");
      assertThat(requests.subList(3, 5))
          .containsExactlyInAnyOrder("PUT a.safetensors", "PUT z.safetensors");
    }
  }

  @Test
  void aFileThatGrowsIsSentAsFarAsItIsWholeAndComesBack() throws IOException {
    Path log = Files.writeString(folder.resolve("events.jsonl"), "one\ntw");
    here.files().follow(log, "events.jsonl", 0, 4);
    Path copy = folder.resolve("copy");

    assertThat(elsewhere.files().fetch("events.jsonl", copy)).isTrue();
    assertThat(copy).hasContent("one\n");

    Files.writeString(log, "one\ntwo\n");
    here.files().follow(log, "events.jsonl", 4, 8);

    assertThat(elsewhere.files().fetch("events.jsonl", copy)).isTrue();
    assertThat(copy).hasContent("one\ntwo\n");
    assertThat(elsewhere.files().fetch("events", copy)).isFalse();
    assertThat(Files.list(folder)).hasSize(2).contains(log, copy);
  }

  @Test
  void howFarSendingAndFetchingAreIsTold() {
    List<String> told = new CopyOnWriteArrayList<>();
    Progress progress =
        (what, done, total) -> {
          if (done == total) {
            told.add(what);
          }
        };

    Snapshots.save(store(bucket, "here", progress), Snapshots.of(finetune(7)));
    store(bucket, "elsewhere", progress).newestVerified(none());

    assertThat(told)
        .containsExactly(
            "writing finetune-7",
            "sending finetune-7",
            "fetching finetune-7",
            "verifying finetune-7");
  }
}
