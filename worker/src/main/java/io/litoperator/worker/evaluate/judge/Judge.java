package io.litoperator.worker.evaluate.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.EvaluationPlan;
import io.litoperator.worker.transfer.Backoff;
import io.litoperator.worker.transfer.Proxies;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;

/**
 * Asks a model behind an OpenAI-compatible endpoint, at temperature 0. What it has answered is kept
 * on disk and not asked again. An overloaded endpoint is asked again after the time it names, or
 * after longer and longer times.
 */
public final class Judge {
  /** In which the API key is; without it none is sent. */
  public static final String KEY_VARIABLE = "LIT_JUDGE_API_KEY";

  private static final int TRIES = 6;
  private static final int AT_ONCE = 8;
  private static final int LONGEST_SHOWN = 200;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String FILTERED = "content_filter";
  private static final String PATH = "/chat/completions";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final EvaluationPlan.Judge plan;
  private final Optional<String> key;
  private final JudgementCache cache;
  private final Backoff backoff;
  private final Duration patience;
  private final Proxies proxies;
  private final HttpClient http;

  /**
   * @param environment of which the API key and the proxies are read
   */
  public Judge(EvaluationPlan.Judge plan, Map<String, String> environment, JudgementCache cache) {
    this(plan, environment, cache, new Backoff(), PATIENCE);
  }

  Judge(
      EvaluationPlan.Judge plan,
      Map<String, String> environment,
      JudgementCache cache,
      Backoff backoff,
      Duration patience) {
    this.plan = plan;
    this.key = key(environment);
    this.cache = cache;
    this.backoff = backoff;
    this.patience = patience;
    this.proxies = Proxies.of(environment);
    this.http = proxies.client().connectTimeout(Duration.ofSeconds(20)).build();
  }

  /** A file that a key was read from often ends in a line break. */
  private static Optional<String> key(Map<String, String> environment) {
    Optional<String> key =
        Optional.ofNullable(environment.get(KEY_VARIABLE))
            .map(String::strip)
            .filter(k -> !k.isEmpty());
    if (key.filter(k -> !k.matches("[!-~]+")).isPresent()) {
      throw new Failure(
          ExitCode.INVALID,
          "The API key in %s has blanks or other characters that no key has; set it anew."
              .formatted(KEY_VARIABLE));
    }
    return key;
  }

  /** One reply, or why there is none yet. */
  private record Reply(Optional<String> answer, String problem, Optional<String> retryAfter) {}

  /**
   * What the judge says to each prompt, in their order.
   *
   * @param done told how many are answered, at each reply, whatever it is, by one thread after the
   *     other
   * @throws Failure INVALID if the endpoint refuses the request or the key; STORAGE, as of every
   *     service that is away, if it does not answer. Answers given until then are kept.
   */
  public List<String> ask(List<String> prompts, IntConsumer done) {
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try {
      Replies replies = new Replies(done);
      List<Future<String>> asked =
          prompts.stream().map(prompt -> threads.submit(() -> ask(prompt, replies))).toList();
      List<String> answers = new ArrayList<>();
      for (Future<String> answer : asked) {
        answers.add(answer.get());
      }
      return answers;
    } catch (ExecutionException e) {
      throw Failure.of(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.INTERRUPTED, "Asking the judge was interrupted.", e);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Counts answers, and tells how many there are, one thread after the other. */
  private static final class Replies {
    private final IntConsumer told;
    private int answers;

    Replies(IntConsumer told) {
      this.told = told;
    }

    synchronized void answered() {
      told.accept(++answers);
    }

    synchronized void failed() {
      told.accept(answers);
    }
  }

  private String ask(String prompt, Replies replies) throws InterruptedException {
    String request = request(prompt).toString();
    Optional<String> known = cache.get(request);
    if (known.isPresent()) {
      replies.answered();
      return known.get();
    }
    String problem = "";
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      Reply reply = send(request);
      if (reply.answer().isPresent()) {
        cache.put(request, reply.answer().get());
        replies.answered();
        return reply.answer().get();
      }
      problem = reply.problem();
      replies.failed();
      if (attempt < TRIES) {
        backoff.await(attempt, reply.retryAfter());
      }
    }
    throw new Failure(
        ExitCode.STORAGE,
        "The judge at %s did not answer in %d tries (%s); run again with --resume, what it has answered is kept."
            .formatted(plan.url(), TRIES, problem));
  }

  private ObjectNode request(String prompt) {
    ObjectNode request = JSON.createObjectNode().put("model", plan.model()).put("temperature", 0);
    request.putArray("messages").addObject().put("role", "user").put("content", prompt);
    return request;
  }

  private Reply send(String body) throws InterruptedException {
    HttpRequest.Builder request =
        proxies
            .request(endpoint())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    try {
      HttpResponse<String> response = send(request.build());
      int status = response.statusCode();
      if (status == 200) {
        return read(response.body());
      }
      if (status == 408 || status == 429 || status >= 500) {
        return new Reply(
            Optional.empty(),
            "HTTP %d: %s".formatted(status, shown(response.body())),
            response.headers().firstValue("Retry-After"));
      }
      if (status == 400 && filtered(response.body())) {
        return new Reply(Optional.of(""), "", Optional.empty());
      }
      throw refused(status, response.body());
    } catch (IOException e) {
      return new Reply(Optional.empty(), e.toString(), Optional.empty());
    }
  }

  /** The client's own timeout ends with the head of a reply, whose rest may never come. */
  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<String>> reply =
        http.sendAsync(request, BodyHandlers.ofString());
    try {
      return reply.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no reply within " + patience.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException fault ? fault : new IOException(e.getCause());
    } finally {
      reply.cancel(true);
    }
  }

  private URI endpoint() {
    String url = plan.url().toString().replaceFirst("/+$", "");
    return URI.create(url.endsWith(PATH) ? url : url + PATH);
  }

  /**
   * What the judge says, in its refusal if it refuses, which it would do again; nothing, if a
   * filter lets nothing through.
   */
  private static Reply read(String body) {
    try {
      JsonNode choice = JSON.readTree(body).at("/choices/0");
      for (String field : List.of("content", "refusal")) {
        if (choice.path("message").path(field).isTextual()) {
          return new Reply(
              Optional.of(choice.path("message").path(field).textValue()), "", Optional.empty());
        }
      }
      if (choice.path("finish_reason").asText().equals(FILTERED)) {
        return new Reply(Optional.of(""), "", Optional.empty());
      }
    } catch (IOException e) {
      return new Reply(Optional.empty(), "a reply that is not JSON", Optional.empty());
    }
    return new Reply(Optional.empty(), "a reply without an answer", Optional.empty());
  }

  /** As Azure says it. */
  private static boolean filtered(String body) {
    try {
      return JSON.readTree(body).at("/error/code").asText().equals(FILTERED);
    } catch (IOException e) {
      return false; // then it is some other refusal
    }
  }

  private static String shown(String body) {
    String said = body.strip().replaceAll("\\s+", " ");
    return said.substring(0, Math.min(said.length(), LONGEST_SHOWN));
  }

  private Failure refused(int status, String body) {
    String advice =
        status == 401 || status == 403
            ? "set the API key in " + KEY_VARIABLE
            : "correct the judge's url or model";
    return new Failure(
        ExitCode.INVALID,
        "The judge at %s refused the request (HTTP %d: %s); %s."
            .formatted(endpoint(), status, shown(body), advice));
  }
}
