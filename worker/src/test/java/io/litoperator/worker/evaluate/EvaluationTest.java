package io.litoperator.worker.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.Fixtures;
import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.interchange.ModelFolder;
import io.litoperator.worker.interchange.ModelSources;
import io.litoperator.worker.interchange.TinyModel;
import io.litoperator.worker.model.Inference;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.EvaluationPlan.Task;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.torch.Torch;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands beside what in batches, by the answers that are kept of each. */
class EvaluationTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  @Test
  void questionsOfLikeLengthMakeABatch() throws IOException {
    assertThat(batches(i -> question(i, i % 2 == 0 ? "Who?" : "Who " + "A ".repeat(20), List.of())))
        .hasSize(2)
        .doesNotHaveDuplicates()
        .allSatisfy(parities -> assertThat(parities).hasSize(1));
  }

  @Test
  void questionsAboutOnePictureMakeABatchThoughOneOfThemIsLonger() throws IOException {
    for (String name : List.of("0.png", "1.png")) {
      BufferedImage picture = new BufferedImage(20, 30, BufferedImage.TYPE_INT_RGB);
      ImageIO.write(picture, "png", folder.resolve(name).toFile());
    }

    assertThat(batches(i -> question(i, "Who " + "A ".repeat(i / 16), List.of(i % 2 + ".png"))))
        .hasSize(2)
        .doesNotHaveDuplicates()
        .allSatisfy(parities -> assertThat(parities).hasSize(1));
  }

  private static Question question(int id, String words, List<String> images) {
    return new Question(
        Integer.toString(id),
        images,
        words,
        "a",
        Optional.empty(),
        List.of(),
        Question.References.of("a"));
  }

  /** Of two batches' worth of questions: whether a batch has those of even ids, odd ids or both. */
  private List<Set<Integer>> batches(IntFunction<Question> question) throws IOException {
    TaskData data =
        TaskData.of(
            IntStream.range(0, 2 * Inference.QUESTIONS).mapToObj(question).toList(), folder);
    ModelPlan plan = ModelFolder.planOf(TinyModel.write("llava-1.5", folder.resolve("model")));
    Task task = new Task("answers", folder, folder, 1);
    try (ModelSources sources = ModelSources.open(plan);
        VisionLanguageModel model = sources.build(1, Parameters.typeOf(Precision.FP32));
        Inference inference = new Inference(model)) {
      Prompts prompts =
          Prompts.of(plan, sources.tokenizer(), sources.images(Stage.FINETUNE)::process);
      KeptAnswers kept = new KeptAnswers(Optional.of(folder.resolve("answers")), 0);
      new Evaluation(inference, sources.tokenizer(), prompts, new Alone(), event -> {})
          .answer(task, data, kept, () -> false);
    }
    String answers = Files.readString(folder.resolve("answers/answers.rank-0.jsonl"));
    return Stream.of(answers.strip().split("\n\n")).map(EvaluationTest::parities).toList();
  }

  private static Set<Integer> parities(String batch) {
    return batch.lines().map(EvaluationTest::id).map(id -> id % 2).collect(Collectors.toSet());
  }

  private static int id(String line) {
    try {
      return JSON.readTree(line).path("id").asInt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
