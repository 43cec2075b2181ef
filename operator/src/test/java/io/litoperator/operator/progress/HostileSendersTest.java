package io.litoperator.operator.progress;

import static io.litoperator.operator.progress.Fixtures.COORDINATOR;
import static io.litoperator.operator.progress.Fixtures.JOB_UID;
import static io.litoperator.operator.progress.Fixtures.NAME;
import static io.litoperator.operator.progress.Fixtures.OTHER_UID;
import static io.litoperator.operator.progress.Fixtures.POD_UID;
import static io.litoperator.operator.progress.Fixtures.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Refused, counted, nothing changed. */
class HostileSendersTest {
  private static final JobName FOREIGN = new JobName("team", "foreign");
  private static final String FOREIGN_UID = "5a0f6d1e-0000-4000-8000-000000000002";

  private Endpoint endpoint;
  private HttpClient client;
  private String token;

  @BeforeEach
  void start() {
    endpoint = new Endpoint(Map.of("request-timeout", "1s"));
    LitTrainingJob job = Fixtures.job();
    endpoint.jobs.put(job);
    endpoint.jobs.put(Fixtures.pod(job, POD_UID, 1));
    endpoint.jobs.put(Fixtures.job(FOREIGN, FOREIGN_UID, OTHER_UID, 1));
    token = endpoint.tokens.issue(COORDINATOR, JOB_UID);
    client = endpoint.client();
  }

  @AfterEach
  void stop() {
    endpoint.close();
  }

  static Stream<Arguments> badTokens() {
    Instant soon = Instant.now().plusSeconds(600);
    return Stream.of(
        bad("none at all", 401, tokens -> null),
        bad("no web token", 401, tokens -> "0123456789abcdef"),
        bad("claims that are no JSON", 401, tokens -> "e30.e30x.e30"),
        bad("forged", 401, tokens -> Tokens.forge(COORDINATOR, JOB_UID, soon)),
        bad("expired", 401, tokens -> Tokens.forge(COORDINATOR, JOB_UID, Instant.EPOCH)),
        bad("expiring beyond time", 401, tokens -> forgeWithoutEnd()),
        bad("of another audience", 403, tokens -> tokens.issue(COORDINATOR, FOREIGN_UID)),
        bad(
            "of another node of the job",
            403,
            tokens -> tokens.issue(new Sender("team", "demo-1", OTHER_UID), JOB_UID)),
        bad(
            "of another namespace's Pod of that name",
            403,
            tokens -> tokens.issue(new Sender("other", "demo-0", POD_UID), JOB_UID)),
        bad(
            "of a Pod that has been replaced",
            409,
            tokens -> tokens.issue(new Sender("team", "demo-0", OTHER_UID), JOB_UID)));
  }

  private static Arguments bad(String name, int code, Function<Tokens, String> token) {
    return arguments(Named.of(name, token), code);
  }

  private static String forgeWithoutEnd() {
    return Tokens.forge(COORDINATOR, JOB_UID, Instant.ofEpochSecond(31556889864403199L));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("badTokens")
  void aBadTokenIsRefused(Function<Tokens, String> bad, int code) throws Exception {
    refused(code, endpoint.post(client, NAME, bad.apply(endpoint.tokens), report(1)));
  }

  @Test
  void aGoodTokenIsOfNoUseForAnotherJob() throws Exception {
    refused(403, endpoint.post(client, FOREIGN, token, report(1)));
  }

  @Test
  void aReportThatIsPlayedAgainIsRefused() throws Exception {
    accepted(report(5));

    for (long sequence : new long[] {5, 4, 1}) {
      assertThat(post(report(sequence)).statusCode()).isEqualTo(409);
    }
    assertThat(endpoint.answered(409)).isEqualTo(3);
    assertThat(endpoint.written).hasSize(1);
  }

  @Test
  void aFormerAttemptIsRefused() throws Exception {
    accepted(report(3, 1, Activity.FINETUNING, Fixtures.progress(10)));

    HttpResponse<String> reply = post(report(2, 2, Activity.FINETUNING, Fixtures.progress(11)));

    assertThat(reply.statusCode()).isEqualTo(409);
    assertThat(reply.body()).contains("Attempt 2 is over; the current one is 3.");
  }

  @Test
  void aTokenThatOutlivesItsPodIsReviewedAnewAndRefused() throws Exception {
    accepted(report(1));
    endpoint.tokens.revoke(token);
    LitTrainingJob job = Fixtures.job(NAME, JOB_UID, OTHER_UID, 2);
    endpoint.jobs.put(job);
    endpoint.jobs.put(Fixtures.pod(job, OTHER_UID, 2));

    assertThat(post(report(2)).statusCode()).isEqualTo(401);
    assertThat(endpoint.tokens.reviews).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "{}",
        "{\"attempt\":1,\"sequence\":1,\"activity\":\"napping\"}",
        "{\"attempt\":1.5,\"sequence\":1,\"activity\":\"waiting\"}",
        "{\"attempt\":1,\"attempt\":2,\"sequence\":1,\"activity\":\"waiting\"}",
        "{\"attempt\":1,\"sequence\":1,\"activity\":\"waiting\"} {}",
        "{\"attempt\":1,\"sequence\":1,\"activity\":\"waiting\",\"checkpoints\":[null]}",
        "{\"attempt\":1,\"sequence\":1,\"activity\":\"waiting\",\"restarts\":{\"Hang\":null}}",
        "{\"attempt\":1,\"sequence\":1,\"activity\":\"finetuning\",\"progress\":"
            + "{\"stage\":\"finetune\",\"step\":1,\"loss\":\"NaN\"}}"
      })
  void aMalformedReportIsRefused(String body) throws Exception {
    refused(400, endpoint.post(client, NAME, token, body));
  }

  @Test
  void deeplyNestedJsonIsRefused() throws Exception {
    refused(400, endpoint.post(client, NAME, token, "{\"x\":" + "[".repeat(60_000)));
  }

  @Test
  void tenMegabytesAreRefusedByTheirHeader() throws Exception {
    try (SSLSocket socket = connect()) {
      send(socket, head("Content-Length: 10485760"));

      assertThat(firstLine(socket)).isEqualTo("HTTP/1.1 413 Request Entity Too Large");
    }
    assertThat(endpoint.answered(413)).isEqualTo(1);
  }

  @Test
  void tenMegabytesInChunksAreRefusedAtTheLimit() throws Exception {
    try (SSLSocket socket = connect()) {
      send(socket, head("Transfer-Encoding: chunked"));
      for (int i = 0; i < 17; i++) {
        send(socket, "1000\r\n" + " ".repeat(0x1000) + "\r\n");
      }

      assertThat(firstLine(socket)).isEqualTo("HTTP/1.1 413 Request Entity Too Large");
    }
    assertThat(endpoint.answered(413)).isEqualTo(1);
    assertThat(endpoint.written).isEmpty();
  }

  @Test
  void aFloodOfForgedTokensCostsFewReviews() throws Exception {
    for (int i = 0; i < 100; i++) {
      String forged = Tokens.forge(COORDINATOR, JOB_UID, Instant.now().plusSeconds(600));
      assertThat(endpoint.post(client, NAME, forged, report(1)).statusCode()).isIn(401, 429);
    }

    assertThat(endpoint.tokens.reviews.get()).isLessThan(50);
    assertThat(endpoint.answered(401) + endpoint.answered(429)).isEqualTo(100);
    assertThat(endpoint.answered(429)).isPositive();
    assertThat(endpoint.written).isEmpty();
  }

  @Test
  void theSameForgedTokenIsReviewedOnce() throws Exception {
    String forged = Tokens.forge(COORDINATOR, JOB_UID, Instant.now().plusSeconds(600));
    for (int i = 0; i < 20; i++) {
      endpoint.post(client, NAME, forged, report(1));
    }

    assertThat(endpoint.tokens.reviews).hasValue(1);
    assertThat(endpoint.answered(401)).isEqualTo(20);
  }

  @Test
  void aJobThatReportsWithoutPauseIsSlowedDown() throws Exception {
    int sequence = 0;
    HttpResponse<String> reply;
    do {
      reply = post(report(++sequence));
    } while (reply.statusCode() == 200 && sequence < 10_000);

    assertThat(reply.statusCode()).isEqualTo(429);
    assertThat(reply.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(post(report(1)).statusCode()).as("the connection goes on").isIn(409, 429);
  }

  @Test
  void headersThatNeverEndAreCutOff() throws Exception {
    try (SSLSocket socket = connect()) {
      send(socket, "POST /apis HTTP/1.1\r\nHost: localhost\r\n");

      await().atMost(Duration.ofSeconds(30)).until(() -> isCutOff(socket, "X: y\r\n"));
    }
  }

  @Test
  void aBodyThatNeverEndsIsCutOff() throws Exception {
    try (SSLSocket socket = connect()) {
      send(socket, head("Content-Length: 60000") + "{");

      assertThat(firstLine(socket)).isEqualTo("HTTP/1.1 408 Request Timeout");
    }
    assertThat(endpoint.answered(408)).isEqualTo(1);
  }

  private String head(String lengthHeader) {
    return "POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%s\r\n\r\n"
        .formatted(endpoint.uri(NAME).getPath(), token, lengthHeader);
  }

  private SSLSocket connect() throws IOException {
    SSLSocket socket =
        (SSLSocket)
            Endpoint.trust(endpoint.certificates.pem())
                .getSocketFactory()
                .createSocket("localhost", endpoint.port());
    socket.setSoTimeout(30_000);
    socket.startHandshake();
    return socket;
  }

  private static void send(SSLSocket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  /** Dribbles on, and tells whether the other side still listens. */
  private static boolean isCutOff(SSLSocket socket, String more) {
    try {
      send(socket, more);
      socket.setSoTimeout(50);
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static String firstLine(SSLSocket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    InputStream in = socket.getInputStream();
    for (int c = in.read(); c >= 0 && c != '\r'; c = in.read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  private HttpResponse<String> post(Object report) throws IOException, InterruptedException {
    return endpoint.post(client, NAME, token, report);
  }

  private void accepted(Object report) throws IOException, InterruptedException {
    assertThat(post(report).statusCode()).isEqualTo(200);
    await().until(() -> endpoint.written.size() == 1);
  }

  private void refused(int code, HttpResponse<String> reply) {
    assertThat(reply.statusCode()).isEqualTo(code);
    assertThat(reply.body()).startsWith("{\"message\":\"").endsWith(".\"}");
    assertThat(endpoint.answered(code)).isEqualTo(1);
    assertThat(endpoint.written).isEmpty();
    assertThat(endpoint.reported).isEmpty();
    assertThat(endpoint.heartbeats().lastHeard(JOB_UID)).isEmpty();
  }
}
