package io.litoperator.worker.evaluate.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.EvaluationPlan;
import io.litoperator.worker.transfer.Backoff;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a real server whose answers are scripted. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JudgeTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** In place of a status: of a reply only the first byte comes. */
  private static final int STALLS = 0;

  @TempDir Path folder;
  private HttpServer server;
  private final Deque<Reply> script = new ArrayDeque<>();
  private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
  private final List<String> keys = new CopyOnWriteArrayList<>();
  private final List<String> waits = new CopyOnWriteArrayList<>();

  private record Reply(int status, String retryAfter, String body) {
    static Reply of(int status) {
      return new Reply(status, null, "{}");
    }
  }

  /** Notes what would be waited for, and lets no time pass. */
  private final Backoff impatient =
      new Backoff() {
        @Override
        public void await(int attempt, Optional<String> retryAfter) {
          waits.add(attempt + retryAfter.map(r -> " after " + r).orElse(""));
        }
      };

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newFixedThreadPool(8));
    server.createContext("/v1/chat/completions", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** As the script says; after its end, the prompt in capitals. */
  private void answer(HttpExchange exchange) throws IOException {
    JsonNode request = JSON.readTree(exchange.getRequestBody());
    requests.add(request);
    keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    Reply reply;
    synchronized (script) {
      reply = script.poll();
    }
    if (reply == null) {
      reply = new Reply(200, null, said(request.at("/messages/0/content").asText().toUpperCase()));
    }
    if (reply.retryAfter() != null) {
      exchange.getResponseHeaders().add("Retry-After", reply.retryAfter());
    }
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    if (reply.status() == STALLS) {
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body, 0, 1);
      exchange.getResponseBody().flush();
      return;
    }
    exchange.sendResponseHeaders(reply.status(), body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static String said(String text) {
    return "{\"choices\": [{\"message\": {\"role\": \"assistant\", \"content\": \"%s\"}}]}"
        .formatted(text);
  }

  private Judge judge() {
    return judge("secret");
  }

  private Judge judge(String key) {
    return judge(key, Duration.ofMinutes(1));
  }

  private Judge judge(String key, Duration patience) {
    URI url = URI.create("http://127.0.0.1:%d/v1".formatted(server.getAddress().getPort()));
    return new Judge(
        new EvaluationPlan.Judge(url, "wise-1"),
        Map.of(Judge.KEY_VARIABLE, key),
        new JudgementCache(folder.resolve("cache")),
        impatient,
        patience);
  }

  @Test
  void asksAllAtTemperatureZeroAndKeepsTheirOrder() {
    List<String> prompts = IntStream.range(0, 40).mapToObj(i -> "prompt " + i).toList();
    List<Integer> done = new ArrayList<>();

    List<String> said = judge().ask(prompts, done::add);

    assertThat(said).isEqualTo(prompts.stream().map(String::toUpperCase).toList());
    assertThat(done).hasSize(40).endsWith(40);
    assertThat(keys).containsOnly("Bearer secret");
    assertThat(requests)
        .allSatisfy(
            request -> {
              assertThat(request.path("model").asText()).isEqualTo("wise-1");
              assertThat(request.path("temperature").asInt(-1)).isZero();
              assertThat(request.at("/messages/0/role").asText()).isEqualTo("user");
            });
  }

  @Test
  void asksAgainAfterTheTimeThatTheEndpointNames() {
    script.add(new Reply(429, "7", "slow down"));
    script.add(Reply.of(500));
    script.add(Reply.of(503));

    List<Integer> done = new ArrayList<>();
    assertThat(judge().ask(List.of("a"), done::add)).containsExactly("A");
    assertThat(waits).containsExactly("1 after 7", "2", "3");
    assertThat(done)
        .as("a word at each reply, by which others know it works")
        .containsExactly(0, 0, 0, 1);
  }

  @Test
  void asksAgainWhereTheRestOfAReplyDoesNotCome() {
    script.add(new Reply(STALLS, null, said("half")));

    assertThat(judge("secret", Duration.ofSeconds(1)).ask(List.of("a"), done -> {}))
        .containsExactly("A");
    assertThat(requests).as("a busy machine may be late again").hasSizeGreaterThan(1);
  }

  @Test
  void asksAgainWhereTheReplyIsMalformed() {
    script.add(new Reply(200, null, "<html>"));
    script.add(new Reply(200, null, "{\"choices\": []}"));

    assertThat(judge().ask(List.of("a"), done -> {})).containsExactly("A");
    assertThat(requests).hasSize(3);
  }

  @Test
  void takesARefusalForWhatTheJudgeSays() {
    script.add(
        new Reply(
            200,
            null,
            "{\"choices\": [{\"message\": {\"content\": null, \"refusal\": \"No.\"}}]}"));
    script.add(
        new Reply(
            200,
            null,
            "{\"choices\": [{\"message\": {\"content\": null}, \"finish_reason\": \"content_filter\"}]}"));
    script.add(new Reply(400, null, "{\"error\": {\"code\": \"content_filter\"}}"));

    assertThat(judge().ask(List.of("a"), done -> {})).containsExactly("No.");
    assertThat(judge().ask(List.of("b"), done -> {})).containsExactly("");
    assertThat(judge().ask(List.of("c"), done -> {})).containsExactly("");
    assertThat(requests).hasSize(3);
  }

  @Test
  void aKeyFromAFileMayEndInALineBreakAndNoMessageShowsOne() {
    judge("secret\n").ask(List.of("a"), done -> {});
    assertThat(keys).containsExactly("Bearer secret");

    assertThatThrownBy(() -> judge("sec\nret"))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INVALID))
        .hasMessageContaining("LIT_JUDGE_API_KEY has blanks")
        .hasMessageNotContaining("sec");
  }

  @Test
  void doesNotAskTwiceForWhatIsOnDisk() {
    judge().ask(List.of("a", "b"), done -> {});
    requests.clear();

    assertThat(judge().ask(List.of("b", "a", "c"), done -> {})).containsExactly("B", "A", "C");
    assertThat(requests).hasSize(1);
  }

  @Test
  void givesUpAfterSixTriesAndSaysWhy() {
    String quota = "{\"error\":\n {\"message\": \"insufficient_quota\"}}";
    IntStream.range(0, 6).forEach(i -> script.add(new Reply(429, null, quota)));

    assertThatThrownBy(() -> judge().ask(List.of("a"), done -> {}))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.STORAGE))
        .hasMessageContaining(
            "did not answer in 6 tries (HTTP 429: {\"error\": {\"message\": \"insufficient_quota\"}})");
    assertThat(waits).hasSize(5);
  }

  @Test
  void refusedKeysAreNotTriedAgain() {
    script.add(new Reply(401, null, "{\"error\": \"bad key\"}"));

    assertThatThrownBy(() -> judge().ask(List.of("a"), done -> {}))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INVALID))
        .hasMessageContaining("bad key")
        .hasMessageContaining("set the API key in LIT_JUDGE_API_KEY");
    assertThat(requests).hasSize(1);
  }
}
