package io.litoperator.worker.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.litoperator.worker.transfer.Backoff;
import io.litoperator.worker.transfer.FaultyProxy;
import io.litoperator.worker.transfer.NotingProxy;
import io.litoperator.worker.transfer.Parallel;
import io.litoperator.worker.transfer.Retries;
import io.litoperator.worker.transfer.TestCertificate;
import io.litoperator.worker.transfer.Transient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;

@ExtendWith(S3ServerExtension.class)
class BucketTest {
  /** Of more than two parts. */
  private static final int LARGE = 40 << 20;

  private static final Duration PATIENT = Duration.ofSeconds(10);
  private static S3Server server;
  private static S3Connection connection;
  private static Bucket bucket;

  @TempDir Path folder;

  @BeforeAll
  static void open(S3Server running, S3Connection ofServer) {
    server = running;
    connection = ofServer;
    bucket = connection.bucket(S3Server.BUCKET);
  }

  @Test
  void smallObjectsAreWrittenReadAndRemoved() throws IOException {
    bucket.write("small/a", bytes("one"));
    bucket.write("small/a", bytes("two"));

    assertThat(bucket.read("small/a")).contains(bytes("two"));
    bucket.delete("small/a");
    bucket.delete("small/a");
    assertThat(bucket.read("small/a")).isEmpty();
  }

  @Test
  void aServerOfAnAuthorityThatIsNamedIsTrusted() throws Exception {
    TestCertificate certificate = TestCertificate.make(folder, "s3", "ca.pem");
    Map<String, String> named =
        Map.of(
            "AWS_CA_BUNDLE",
            certificate.authority().toString(),
            "SSL_CERT_FILE",
            "/not-read-where-the-first-is-set.pem");
    try (S3Server secure = S3Server.start(certificate);
        S3Connection trusting = secure.connectSecurely(named, PATIENT);
        S3Connection doubting = secure.connectSecurely(Map.of(), PATIENT)) {
      trusting.bucket(S3Server.BUCKET).write("a", bytes("one"));
      assertThat(trusting.bucket(S3Server.BUCKET).read("a")).contains(bytes("one"));
      assertThatThrownBy(() -> doubting.bucket(S3Server.BUCKET).read("a"))
          .isInstanceOf(BucketFault.class)
          .hasMessageContaining("name its authority's PEM file in AWS_CA_BUNDLE");
    }
  }

  @Test
  void oneOfTwoMakesAnObject() throws IOException {
    assertThat(bucket.create("once", bytes("first"))).isTrue();
    assertThat(bucket.create("once", bytes("second"))).isFalse();
    assertThat(bucket.read("once")).contains(bytes("first"));
  }

  @Test
  void replacesWhatIsStillAsItWasRead() throws IOException {
    assertThat(bucket.replace("turn", Optional.of(bytes("none")), bytes("a"))).isFalse();
    assertThat(bucket.replace("turn", Optional.empty(), bytes("a"))).isTrue();
    assertThat(bucket.replace("turn", Optional.empty(), bytes("b"))).isFalse();
    assertThat(bucket.replace("turn", Optional.of(bytes("a")), bytes("b"))).isTrue();
    assertThat(bucket.replace("turn", Optional.of(bytes("a")), bytes("c"))).isFalse();
    assertThat(bucket.read("turn")).contains(bytes("b"));
  }

  @Test
  void doesNotReplaceWhatAnotherHasWrittenSinceItWasRead() throws IOException {
    try (ConditionalServer conditional = new ConditionalServer();
        S3Connection connection = conditional.connect()) {
      Bucket bucket = connection.bucket("bucket");
      assertThat(bucket.replace("turn", Optional.empty(), bytes("a"))).isTrue();
      assertThat(bucket.replace("turn", Optional.of(bytes("a")), bytes("b"))).isTrue();

      conditional.writesMeanwhile("theirs");
      assertThat(bucket.replace("turn", Optional.of(bytes("b")), bytes("c"))).isFalse();
      assertThat(bucket.read("turn")).contains(bytes("theirs"));

      conditional.writesMeanwhile("theirs");
      assertThat(bucket.create("new", bytes("mine"))).isFalse();
      assertThat(bucket.read("new")).contains(bytes("theirs"));
    }
  }

  @Test
  void aServiceThatKnowsNoConditionsReplaces() throws IOException {
    List<String> puts = new ArrayList<>();
    HttpServer simple =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    simple.createContext(
        "/",
        exchange -> {
          boolean conditional = exchange.getRequestHeaders().containsKey("If-None-Match");
          puts.add(exchange.getRequestMethod() + (conditional ? " if" : ""));
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(conditional ? 501 : 200, -1);
          exchange.close();
        });
    simple.start();
    try (S3Connection connection = S3Server.connect(simple.getAddress().getPort(), Duration.ZERO)) {
      assertThat(connection.bucket("bucket").replace("k", Optional.empty(), bytes("v"))).isTrue();
      assertThat(puts).containsExactly("PUT if", "PUT");
    } finally {
      simple.stop(0);
    }
  }

  @Test
  void listsBeyondOnePageAndByFolders() throws IOException {
    Parallel.each(
        IntStream.range(0, 1003).boxed().toList(),
        16,
        i -> bucket.write("many/%d/%04d".formatted(i % 3, i), bytes("" + i)));

    assertThat(bucket.list("many/")).hasSize(1003).extracting(StoredObject::size).contains(4L);
    assertThat(bucket.folders("many/")).containsExactly("0", "1", "2");
    assertThat(bucket.folders("none/")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1000, LARGE})
  void filesGoThereAndComeBack(int size) throws IOException {
    Path file = file(size);
    AtomicLong sent = new AtomicLong();
    AtomicLong received = new AtomicLong();

    bucket.upload(file, "file-" + size, sent::addAndGet);
    Path copy = folder.resolve("copy");
    Files.writeString(copy, "what was there before");
    bucket.download("file-" + size, size, copy, received::addAndGet);

    assertThat(Files.mismatch(copy, file)).isEqualTo(-1);
    assertThat(sent).hasValue(size);
    assertThat(received).hasValue(size);
  }

  @Test
  void goesByTheProxyOfTheEnvironment() throws IOException {
    try (NotingProxy proxy = new NotingProxy();
        S3Connection proxied =
            S3Connection.of(
                Map.of(
                    "AWS_ENDPOINT_URL",
                    "https://s3.invalid",
                    "HTTPS_PROXY",
                    "http://me:secret@127.0.0.1:" + proxy.port()),
                AnonymousCredentialsProvider.create(),
                new Retries(new Backoff(), Duration.ZERO))) {
      assertThatThrownBy(() -> proxied.bucket("bucket").read("key"))
          .isInstanceOf(IOException.class);

      assertThat(proxy.requests()).isNotEmpty().allMatch(line -> line.contains("s3.invalid:443"));
      assertThat(proxy.logins()).containsOnly("Basic bWU6c2VjcmV0");
    }
  }

  /** In the request's head, in the first part, in the last. */
  @ParameterizedTest
  @ValueSource(longs = {100, 1 << 20, LARGE - (1 << 20)})
  void aCutConnectionIsMadeAnew(long bytes) throws IOException {
    Path file = file(LARGE);
    AtomicLong sent = new AtomicLong();
    try (FaultyProxy proxy = FaultyProxy.to(server.port());
        S3Connection faulty = S3Server.connect(proxy.port(), PATIENT)) {
      proxy.cutOnceAfter(bytes);
      faulty.bucket(S3Server.BUCKET).upload(file, "cut", sent::addAndGet);
      assertThat(proxy.cuts()).isPositive();

      proxy.cutOnceAfter(bytes);
      Path copy = folder.resolve("copy");
      faulty.bucket(S3Server.BUCKET).download("cut", LARGE, copy, b -> {});
      assertThat(Files.mismatch(copy, file)).isEqualTo(-1);
    }
    assertThat(sent).hasValue(LARGE);
  }

  @Test
  void whatStaysAwayIsToldInOneClause() throws IOException {
    try (FaultyProxy proxy = FaultyProxy.to(server.port());
        S3Connection faulty = S3Server.connect(proxy.port(), Duration.ZERO)) {
      proxy.breakAfter(0);
      assertThatThrownBy(() -> faulty.bucket(S3Server.BUCKET).write("a/b", bytes("c")))
          .isInstanceOf(Transient.class)
          .hasMessageStartingWith("the service of s3://bucket/a/b cannot be reached (");
    }
  }

  /** Where nobody listens nothing is sent, which would be told as well. */
  @Test
  void triesThatFailAreTold() throws IOException {
    AtomicLong tries = new AtomicLong();
    int port;
    try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = nobody.getLocalPort();
    }
    try (S3Connection faulty = S3Server.connect(port, Duration.ofMillis(100))) {
      Bucket away = faulty.bucket(S3Server.BUCKET, tries::incrementAndGet);

      assertThatThrownBy(() -> away.read("key")).isInstanceOf(Transient.class);
    }
    assertThat(tries).hasPositiveValue();
  }

  /** More often than its three parts would be. */
  @Test
  void bytesAreToldAsTheyGo() throws IOException {
    AtomicLong told = new AtomicLong();

    connection
        .bucket(S3Server.BUCKET, told::incrementAndGet)
        .upload(file(LARGE), "told", bytes -> {});

    assertThat(told).hasValueGreaterThan(100);
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThatThrownBy(() -> bucket.download("nowhere", 1, folder.resolve("f"), b -> {}))
        .isInstanceOf(BucketFault.class)
        .hasMessage("there is no s3://bucket/nowhere");
    assertThatThrownBy(() -> connection.bucket("elsewhere").list("a/"))
        .isInstanceOf(BucketFault.class)
        .hasMessage("the bucket of s3://elsewhere/a/ does not exist; make it or correct its name");
  }

  @Test
  void wrongKeysAreTold() {
    try (S3Connection stranger = S3Server.connect(server.port(), "wrong", PATIENT)) {
      assertThatThrownBy(() -> stranger.bucket(S3Server.BUCKET).list(""))
          .isInstanceOf(BucketFault.class)
          .hasMessage(
              "the credentials for s3://bucket/ are not known there (SignatureDoesNotMatch);"
                  + " set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "501 | NotImplemented | false | s3://bucket/k was refused (NotImplemented: because)",
        "503 | SlowDown      | true  | the service of s3://bucket/k fails (SlowDown)",
        "500 | InternalError | true  | the service of s3://bucket/k fails (InternalError)",
        "400 | ExpiredToken  | true  | the credentials for s3://bucket/k have expired (ExpiredToken)",
        "403 | AccessDenied  | false | access to s3://bucket/k is denied (AccessDenied)",
        "400 | InvalidArgument | false | s3://bucket/k was refused (InvalidArgument: because)"
      })
  void answersAreTriedAgainOrTold(int status, String code, boolean passes, String message)
      throws IOException {
    AtomicInteger asked = new AtomicInteger();
    HttpServer refusing =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    refusing.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          byte[] body =
              bytes("<Error><Code>%s</Code><Message>because</Message></Error>".formatted(code));
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    refusing.start();
    try (S3Connection refused = S3Server.connect(refusing.getAddress().getPort(), Duration.ZERO)) {
      assertThatThrownBy(() -> refused.bucket("bucket").write("k", bytes("v")))
          .isInstanceOf(passes ? Transient.class : BucketFault.class)
          .hasMessageStartingWith(message);
      assertThat(asked).hasPositiveValue();
    } finally {
      refusing.stop(0);
    }
  }

  private Path file(int size) throws IOException {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    return Files.write(folder.resolve("file"), content);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
