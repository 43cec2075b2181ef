package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.api.job.Venue;
import io.litoperator.worker.data.labels.Templates;
import io.litoperator.worker.data.loading.Problem;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.interchange.TinyModel;
import io.litoperator.worker.plan.EvaluationPlan;
import io.litoperator.worker.plan.EvaluationPlan.Task;
import io.litoperator.worker.plan.Overrides;
import io.litoperator.worker.plan.Planner;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.job.JobFile;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobCheckTest {
  @TempDir Path folder;

  @Test
  void aGoodJobHasNoProblems() throws IOException {
    List<String> parts = new ArrayList<>();
    RunPlan plan = plan("llava-1.5", TinyModel.sample("a", "seen.png"));

    List<Problem> problems =
        JobCheck.run(
            withTask(
                plan,
                "pope",
                "{\"image\": \"seen.png\", \"question\": \"Me?\", \"answer\": \"no\"}"),
            (part, done, total) -> parts.add(part + " " + done + "/" + total));

    assertThat(problems).isEmpty();
    assertThat(JobCheck.worst(problems)).isEmpty();
    assertThat(parts).containsExactly("finetune data 1/1", "pope pictures 1/1");
  }

  @Test
  void dataAndQuestionsAreCheckedAndTheWorstDecides() throws IOException {
    RunPlan plan =
        plan("llava-1.5", TinyModel.sample("a", "none.png") + TinyModel.sample("b", "seen.png"));
    String questions =
        """
        {"id": "q1", "image": "seen.png", "question": "Me?", "answer": "no"}
        {"id": "q2", "image": "data.txt", "question": "Me?", "answer": "no"}
        """;
    Files.writeString(folder.resolve("data/data.txt"), "not a picture");

    List<Problem> problems = check(withTask(plan, "visualContribution", questions));

    assertThat(problems)
        .extracting(problem -> problem.exitCode().orElseThrow())
        .containsExactly(ExitCode.INPUT_MISSING, ExitCode.BAD_DATA);
    assertThat(problems.get(0).sentence()).contains("(id a)", "none.png");
    assertThat(problems.get(1).sentence()).contains("question q2", "data.txt");
    assertThat(JobCheck.worst(problems)).contains(ExitCode.INPUT_MISSING);
  }

  @Test
  void aQuestionThatTheMetricCannotScoreIsAProblem() throws IOException {
    RunPlan plan = plan("llava-1.5", TinyModel.sample("a", "seen.png"));
    String maybe = "{\"image\": \"seen.png\", \"question\": \"Me?\", \"answer\": \"maybe\"}";

    assertThat(check(withTask(plan, "pope", maybe)))
        .singleElement()
        .satisfies(problem -> assertThat(problem.sentence()).contains("line 1", "yes or no"));
  }

  @Test
  void heldOutConversationsAreCheckedAsTrainingsAre() throws IOException {
    List<String> parts = new ArrayList<>();
    RunPlan plan = plan("llava-1.5", TinyModel.sample("a", "seen.png"));
    String conversations = TinyModel.sample("b", "seen.png") + TinyModel.sample("c", "none.png");

    List<Problem> problems =
        JobCheck.run(
            withTask(plan, "heldOutLoss", conversations),
            (part, done, total) -> parts.add(part + " " + done + "/" + total));

    assertThat(parts).containsExactly("finetune data 1/1", "heldOutLoss data 2/2");
    assertThat(problems)
        .singleElement()
        .satisfies(problem -> assertThat(problem.sentence()).contains("(id c)", "none.png"));
    assertThat(JobCheck.worst(problems)).contains(ExitCode.INPUT_MISSING);
  }

  @Test
  void aConversationThatTheModelWasNotTrainedWithIsAWarning() throws IOException {
    RunPlan plan = plan("llava-1.5", TinyModel.sample("a", "seen.png"));
    Files.writeString(folder.resolve("model/chat_template.jinja"), "{{ '[INST]' }}");

    assertThat(check(plan))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.warning()).isTrue();
              assertThat(problem.sentence())
                  .contains("conversation mistral", "vicuna_v1", "model.conversation: mistral");
            });
  }

  @Test
  void aTokenizerOfAnotherModelIsAProblem() throws IOException {
    RunPlan plan = plan("llava-1.5", TinyModel.sample("a", "seen.png"));
    configure("\"vocab_size\": 512", "\"vocab_size\": 400");

    assertThat(check(plan))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.exitCode()).contains(ExitCode.BAD_DATA);
              assertThat(problem.sentence()).contains("tokenizer", "vocab_size");
            });
  }

  @Test
  void aPictureThatDoesNotFitTheModelsPositionsIsAProblem() throws IOException {
    RunPlan plan = plan("llava-1.5", TinyModel.sample("a", "seen.png"));
    configure("\"max_position_embeddings\": 512", "\"max_position_embeddings\": 20");

    assertThat(check(plan))
        .singleElement()
        .satisfies(problem -> assertThat(problem.sentence()).contains("(id a)", "20 positions"));
  }

  @Test
  void whatIsCutIsAWarning() throws IOException {
    String words = "Me ".repeat(100);
    RunPlan plan =
        plan("llava-1.5", TinyModel.sample("a", "seen.png").replace("Me.", words.strip()));

    List<Problem> problems = check(plan);

    assertThat(problems).singleElement().matches(Problem::warning);
    assertThat(JobCheck.worst(problems)).isEmpty();
  }

  @Test
  void aRefusalTellsAFewProblemsAndHowManyThereAre() {
    Path file = folder.resolve("data.json");
    List<Problem> problems = new ArrayList<>();
    problems.add(new Problem(file, Optional.empty(), "only a warning"));
    JobCheck.refuse(problems);
    for (int i = 1; i <= 8; i++) {
      problems.add(new Problem(file, Optional.of(ExitCode.BAD_DATA), "problem " + i));
    }

    assertThatThrownBy(() -> JobCheck.refuse(problems))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.BAD_DATA))
        .hasMessage("problem 1\nproblem 2\nproblem 3\nproblem 4\nproblem 5\n… and 3 more.");
  }

  private RunPlan plan(String fixture, String data) throws IOException {
    TinyModel.write(fixture, folder.resolve("model"));
    Path job = TinyModel.job(folder, data);
    return new Planner(Templates::builtin)
        .plan(JobFile.read(job, Venue.MACHINE), folder, Overrides.none());
  }

  private RunPlan withTask(RunPlan plan, String name, String questions) throws IOException {
    Path data = Files.writeString(folder.resolve("questions.jsonl"), questions);
    return plan.withEvaluation(
        new EvaluationPlan(List.of(new Task(name, data, folder.resolve("data"), 8))));
  }

  private static List<Problem> check(RunPlan plan) {
    return JobCheck.run(plan, Progress.NONE);
  }

  private void configure(String field, String other) throws IOException {
    Path config = folder.resolve("model/config.json");
    Files.writeString(config, Files.readString(config).replace(field, other));
  }
}
