package io.litoperator.worker.checkpoint;

import static io.litoperator.worker.checkpoint.Snapshots.finetune;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.litoperator.api.job.BucketPath;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.s3.Bucket;
import io.litoperator.worker.s3.S3Connection;
import io.litoperator.worker.s3.S3Server;
import io.litoperator.worker.s3.StoredObject;
import io.litoperator.worker.transfer.FaultyProxy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A store whose checkpoints are in a bucket, on two machines that share nothing else. */
class BucketDestinationTest {
  private static S3Server server;
  private static S3Connection connection;

  @TempDir Path folder;
  private Bucket bucket;
  private BucketPath job;
  private CheckpointStore here;
  private CheckpointStore elsewhere;

  @BeforeAll
  static void start() {
    server = S3Server.start();
    connection = server.connect(Duration.ofSeconds(10));
  }

  @AfterAll
  static void stop() {
    connection.close();
    server.close();
  }

  @BeforeEach
  void makeStores() {
    bucket = connection.bucket(S3Server.BUCKET);
    job = new BucketPath(S3Server.BUCKET, UUID.randomUUID() + "/job");
    here = store(bucket, "here");
    elsewhere = store(bucket, "elsewhere");
  }

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
      here.of(0).prune(2, Set.of(), none());
    }

    assertThat(elsewhere.list()).containsExactly(finetune(4), finetune(3));
    assertThat(bucket.list(job + "/finetune-1")).isEmpty();
    assertThat(folder.resolve("here/finetune-4")).exists();
    assertThat(folder.resolve("here/finetune-3")).doesNotExist();
  }

  /**
   * Of an attempt that goes on where another was: it looks once at what is there. Then it sends the
   * seven files, before them and before the manifest looks who may write, and so before it removes.
   */
  @Test
  void aSaveAsksForNothingThatIsKnown() {
    Snapshots.save(here, Snapshots.of(finetune(1)));
    Snapshots.save(here, Snapshots.of(finetune(2)));
    try (FaultyProxy proxy = FaultyProxy.to(server.port());
        S3Connection watched = S3Server.connect(proxy.port(), Duration.ofSeconds(10))) {
      AttemptStore attempt = store(watched.bucket(S3Server.BUCKET), "elsewhere").of(1);
      saveAndPrune(attempt, 3);
      assertThat(requests(proxy)).isEqualTo(Map.of("LIST", 3L, "GET", 5L, "PUT", 7L, "DELETE", 8L));

      for (int step = 4; step <= 6; step++) {
        saveAndPrune(attempt, step);
        assertThat(requests(proxy)).isEqualTo(Map.of("GET", 3L, "PUT", 7L, "DELETE", 8L));
      }
    }
    assertThat(here.list()).containsExactly(finetune(6), finetune(5));
  }

  private static void saveAndPrune(AttemptStore attempt, int step) {
    Snapshots.save(attempt, Snapshots.of(finetune(step)));
    attempt.prune(2, Set.of(), none());
  }

  private static Map<String, Long> requests(FaultyProxy proxy) {
    return proxy.takeRequests().stream()
        .map(request -> request.contains("list-type=") ? "LIST" : request.split(" ")[0])
        .collect(Collectors.groupingBy(kind -> kind, Collectors.counting()));
  }

  @Test
  void whatSomebodyRemovesBetweenSavesEndsNothing() throws IOException {
    AttemptStore attempt = here.of(1);
    saveAndPrune(attempt, 1);
    saveAndPrune(attempt, 2);
    remove(finetune(2));

    saveAndPrune(attempt, 3);
    assertThat(elsewhere.newestVerified(none())).contains(finetune(3));
    saveAndPrune(attempt, 4);
    assertThat(elsewhere.list()).containsExactly(finetune(4), finetune(3));
    assertThat(bucket.list(job + "/finetune-1")).isEmpty();
  }

  @Test
  void whatSomebodyRemovesIsSentAgainWhenItsStepIsSavedAgain() throws IOException {
    AttemptStore attempt = here.of(1);
    saveAndPrune(attempt, 1);
    bucket.delete(job.key() + "/finetune-1/config.json");

    saveAndPrune(attempt, 1);

    assertThat(elsewhere.newestVerified(none())).contains(finetune(1));
  }

  private void remove(CheckpointId id) throws IOException {
    for (StoredObject object : bucket.list(job.key() + "/" + id + "/")) {
      bucket.delete(object.key());
    }
  }

  /** Files of an earlier attempt that had more ranks. */
  @Test
  void whatWasOverwrittenGoesToo() throws IOException {
    Snapshots.save(here, Snapshots.of(finetune(1)));
    bucket.write(job.key() + "/finetune-1/optimizer-7.safetensors", bytes("stale"));
    AttemptStore attempt = elsewhere.of(1);

    for (int step = 1; step <= 3; step++) {
      saveAndPrune(attempt, step);
    }

    assertThat(bucket.list(job.key() + "/finetune-1")).isEmpty();
  }

  /** As where an attempt on a machine that nobody reaches had sent it in the meantime. */
  @Test
  void aManifestThatIsNotKnownOfIsGoneBeforeFilesAreSent() throws IOException {
    try (FaultyProxy proxy = FaultyProxy.to(server.port());
        S3Connection watched = S3Server.connect(proxy.port(), Duration.ofSeconds(10))) {
      AttemptStore attempt = store(watched.bucket(S3Server.BUCKET), "here").of(1);
      saveAndPrune(attempt, 1);
      Snapshots.save(elsewhere, Snapshots.of(finetune(2), 20, Snapshots.SHAPES));
      proxy.takeRequests();

      saveAndPrune(attempt, 2);

      assertThat(proxy.takeRequests())
          .filteredOn(request -> request.contains("/finetune-2/"))
          .first(InstanceOfAssertFactories.STRING)
          .startsWith("DELETE ")
          .contains("/finetune-2/manifest.json");
    }
    assertThat(Snapshots.version(here.folder(finetune(2)))).isEqualTo(2);
    assertThat(elsewhere.newestVerified(none())).contains(finetune(2));
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
        CheckpointStore store = store(faulty.bucket(S3Server.BUCKET), "fault-" + point);
        Snapshots.save(store, Snapshots.of(finetune(1)));
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
        proxy.heal();
        store.of(0).recover();
        assertThat(other.newestVerified(none())).contains(finetune(2));
        assertThat(Snapshots.version(other.folder(finetune(2)))).isEqualTo(2);
      }
    }
  }

  private long bytesOfASave() {
    long most = 1 << 20;
    job = new BucketPath(S3Server.BUCKET, "measured/job");
    try (FaultyProxy proxy = FaultyProxy.to(server.port());
        S3Connection measured = S3Server.connect(proxy.port(), Duration.ZERO)) {
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

  /** As of two ranks on the first machine and one on another. */
  @Test
  void sharesOfSeveralMachinesMakeOne() throws Exception {
    AttemptStore first = here.of(0);
    first.begin(finetune(3));
    ExecutorService ranks = Executors.newFixedThreadPool(2);
    Future<?> second = ranks.submit(() -> here.of(0).add(share(1)));
    Future<?> third = ranks.submit(() -> elsewhere.of(0).add(share(2)));

    Saved saved = first.finish(share(0));
    second.get();
    third.get();
    ranks.shutdown();

    CheckpointStore another = store(bucket, "another");
    assertThat(another.newestVerified(none())).contains(finetune(3));
    assertThat(another.complete().get(0).digest()).isEqualTo(saved.digest());
    assertThat(another.open("finetune-3").optimizer().names()).isNotEmpty();
    assertThat(here.newestVerified(none())).as("also where a part of it was").contains(finetune(3));
    assertThat(bucket.list(job.key() + "/"))
        .extracting(StoredObject::key)
        .as("receipts")
        .noneMatch(key -> key.contains("share-"));
  }

  private static Snapshot share(int index) {
    return Snapshots.of(finetune(3), 3, Snapshots.SHAPES, new Share(index, 3));
  }

  @Test
  void anEarlierAttemptPublishesAndRemovesNothing() {
    new AttemptClaims(here.attempts(), "pod-a", 1).claim(1);
    Snapshots.save(here.of(1), Snapshots.of(finetune(1)));
    new AttemptClaims(elsewhere.attempts(), "pod-b", 2).claim(2);

    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> Snapshots.save(here.of(1), Snapshots.of(finetune(2))))
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

  private CheckpointStore store(Bucket of, String machine) {
    LocalDisk disk = new LocalDisk();
    return new CheckpointStore(
        new BucketDestination(new FileDestination(folder.resolve(machine), disk), of, job), disk);
  }

  private static java.util.function.Consumer<String> none() {
    return notice -> {
      throw new AssertionError(notice);
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
