package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.interchange.TinyModel;
import io.litoperator.worker.plan.EvaluationPlan.Judge;
import io.litoperator.worker.plan.TopologyPlan.Device;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.run.EvaluationScores.Score;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Evaluations whose answers a judge behind an OpenAI-compatible endpoint rates. */
@Timeout(180)
class JudgedEvaluationIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private final ExecutorService threads = Executors.newFixedThreadPool(8);
  private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
  private HttpServer judge;

  @BeforeEach
  void write() throws IOException {
    judge = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    judge.setExecutor(threads);
    judge.createContext("/v1/chat/completions", this::reply);
    judge.start();
    TinyModel.write("llava-1.5", folder.resolve("model"));
    BufferedImage picture = new BufferedImage(20, 30, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(picture, "png", folder.resolve("a.png").toFile());
    Files.writeString(
        folder.resolve("mmhal.jsonl"),
        """
        {"image": "a.png", "question": "Who?", "answer": "Good.", "kind": "counting", "objects": ["Cake", "Plate"]}
        {"image": "a.png", "question": "Me?", "answer": "Poor.", "kind": "other"}
        """);
    Files.writeString(
        folder.resolve("hallusionbench.jsonl"),
        """
        {"id": "VD/chart/0/1/0", "image": "a.png", "question": "Who?", "answer": "Good."}
        {"id": "VD/chart/0/1/1", "image": "a.png", "question": "Me?", "answer": "Poor."}
        """);
  }

  @AfterEach
  void stop() {
    judge.stop(0);
    threads.shutdownNow();
  }

  /** Rates by the reference answer, in the words that the benchmark's prompt asks for. */
  private void reply(HttpExchange exchange) throws IOException {
    JsonNode request = JSON.readTree(exchange.getRequestBody());
    requests.add(request);
    String prompt = prompt(request);
    boolean good = prompt.contains("Good.");
    String verdict =
        prompt.contains("Rating: 6")
            ? "I have thought.\nRating: " + (good ? 5 : 1)
            : good ? "correct" : "incorrect";
    byte[] body =
        JSON.writeValueAsBytes(
            Map.of("choices", List.of(Map.of("message", Map.of("content", verdict)))));
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static String prompt(JsonNode request) {
    return request.at("/messages/0/content").asText();
  }

  @Test
  void aJudgeRatesEachAnswerOnceAndIsNotAskedAgain() throws IOException {
    assertThat(evaluate(false)).isEqualTo(ExitCode.DONE);

    assertThat(requests).hasSize(4).extracting(r -> r.path("model").asText()).containsOnly("wise");
    assertThat(scores("mmhal"))
        .containsOnly(
            Map.entry("score", 3.0),
            Map.entry("hallucination", 0.5),
            Map.entry("unreadable", 0.0),
            Map.entry("score.counting", 5.0),
            Map.entry("score.other", 1.0));
    assertThat(scores("hallusionbench"))
        .containsOnly(Map.entry("aAcc", 0.5), Map.entry("fAcc", 0.0), Map.entry("qAcc", 0.5));
    assertJudged("mmhal", "I have thought.\nRating: 5", "I have thought.\nRating: 1");
    assertJudged("hallusionbench", "correct", "incorrect");
    assertThat(requests)
        .anySatisfy(r -> assertThat(prompt(r)).contains("Picture's contents: Cake, Plate\n"));
    assertThat(predictions().resolve("judgements")).isDirectoryContaining("glob:**.txt");

    Files.delete(predictions().resolve("mmhal.jsonl"));
    assertThat(evaluate(true)).isEqualTo(ExitCode.DONE);

    assertThat(requests).hasSize(4);
    assertThat(scores("mmhal")).containsEntry("score", 3.0);
    assertJudged("mmhal", "I have thought.\nRating: 5", "I have thought.\nRating: 1");
  }

  /** A good and a poor answer's lines, each of which the judge was asked about. */
  private void assertJudged(String task, String good, String poor) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(predictions().resolve(task + ".jsonl"))) {
      lines.add(JSON.readTree(line));
    }
    assertThat(lines).extracting(l -> l.path("judgement").asText()).containsExactly(good, poor);
    assertThat(lines).extracting(l -> l.path("correct").asBoolean()).containsExactly(true, false);
    assertThat(lines)
        .allSatisfy(
            line ->
                assertThat(requests)
                    .anySatisfy(
                        request ->
                            assertThat(prompt(request))
                                .contains("Question: " + line.path("question").asText())
                                .contains("answer: " + line.path("answer").asText())
                                .contains("answer: " + line.path("prediction").asText())));
  }

  private ExitCode evaluate(boolean resume) {
    URI url = URI.create("http://127.0.0.1:%d/v1".formatted(judge.getAddress().getPort()));
    return new EvaluateRun(
            new EvaluateRun.Options(
                folder.resolve("model"),
                List.of("mmhal", "hallusionbench"),
                folder,
                folder.resolve("output"),
                1,
                Device.CPU,
                Precision.FP32,
                OptionalInt.of(4),
                resume,
                Optional.of(new Judge(url, "wise"))),
            event -> {})
        .run();
  }

  private Path predictions() {
    return folder.resolve("output/predictions");
  }

  private Map<String, Double> scores(String task) {
    return EvaluationScores.read(folder.resolve("output")).orElseThrow().of(task).stream()
        .collect(Collectors.toMap(Score::metric, Score::score));
  }
}
