package io.litoperator.worker.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.analyze.VisualContribution;
import io.litoperator.worker.data.labels.Labeller;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Evaluation;
import io.litoperator.worker.evaluate.Metric;
import io.litoperator.worker.evaluate.Prompts;
import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.Questions;
import io.litoperator.worker.evaluate.task.EvaluationTask;
import io.litoperator.worker.evaluate.task.Tasks;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.Inference;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.EvaluationPlan.Task;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan.LabelPlan;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Listener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The evaluation at a run's end: every task's scores, predictions and a few answers to read. */
final class TaskRun {
  /** Answers of each task that the report shows. */
  private static final int SHOWN_ANSWERS = 6;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunPlan plan;
  private final ModelSources sources;
  private final VisionLanguageModel model;
  private final Collective ranks;
  private final Listener listener;

  TaskRun(
      RunPlan plan,
      ModelSources sources,
      VisionLanguageModel model,
      Collective ranks,
      Listener listener) {
    this.plan = plan;
    this.sources = sources;
    this.model = model;
    this.ranks = ranks;
    this.listener = listener;
  }

  /**
   * Does all tasks.
   *
   * @param stopRequested asked before each; ranks may learn of it at different tasks
   * @return whether it came to the end
   */
  boolean run(BooleanSupplier stopRequested) {
    Prompts prompts =
        new Prompts(
            Labeller.of(sources.tokenizer(), plan.model(), Stage.FINETUNE, LabelPlan.answers()),
            sources.images(Stage.FINETUNE)::process);
    try (Inference inference = new Inference(model)) {
      for (Task task : plan.evaluation().tasks()) {
        if (anyWishes(stopRequested)) {
          return false;
        }
        run(task, prompts, inference);
      }
    }
    return true;
  }

  private void run(Task task, Prompts prompts, Inference inference) {
    EvaluationTask definition = Tasks.of(task.name());
    List<Question> questions = Questions.read(task.data(), definition);
    if (definition instanceof EvaluationTask.Answering answering) {
      score(task, questions, answering.metric(), prompts, inference);
    } else {
      tell(
          task,
          contribution(task, questions, prompts, inference),
          questions.size(),
          definition.scorer());
    }
  }

  private boolean anyWishes(BooleanSupplier stopRequested) {
    double[] stops = {stopRequested.getAsBoolean() ? 1 : 0};
    ranks.allReduce(stops);
    return stops[0] > 0;
  }

  private void score(
      Task task, List<Question> questions, Metric metric, Prompts prompts, Inference inference) {
    List<Answered> answered =
        new Evaluation(inference, sources.tokenizer(), prompts, ranks, listener)
            .answer(task, questions);
    tell(task, metric.score(answered), questions.size(), metric.version());
    if (ranks.rank() == 0) {
      writePredictions(task, metric, answered);
    }
    int every = Math.max(1, answered.size() / SHOWN_ANSWERS);
    for (int i = 0; i < answered.size(); i += every) {
      tellAnswer(task, metric, answered.get(i));
    }
  }

  private Map<String, Double> contribution(
      Task task, List<Question> questions, Prompts prompts, Inference inference) {
    long start = System.nanoTime();
    return new VisualContribution(inference, ranks, plan.seed())
        .of(
            questions.size(),
            i -> prompts.answered(task, questions.get(i)),
            (done, total) ->
                listener.on(
                    new Event.EvaluationProgress(
                        task.name(),
                        Math.round((double) done / total * questions.size()),
                        questions.size(),
                        (System.nanoTime() - start) * 1e-9 / done * (total - done))));
  }

  private void tell(Task task, Map<String, Double> scores, int samples, String scorer) {
    scores.forEach(
        (metric, score) ->
            listener.on(new Event.Scored(task.name(), metric, score, samples, scorer)));
  }

  private void tellAnswer(Task task, Metric metric, Answered answered) {
    Question question = answered.question();
    listener.on(
        new Event.Answered(
            task.name(),
            task.images().resolve(question.image()).toString(),
            question.question(),
            question.answer(),
            answered.prediction(),
            metric.correct(answered)));
  }

  /** One JSON object a question, beside the checkpoints' folder. */
  private void writePredictions(Task task, Metric metric, List<Answered> answered) {
    Path file = Runs.predictions(plan).resolve(task.name() + ".jsonl");
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, answered.stream().map(pair -> toJson(metric, pair)).toList());
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "Predictions cannot be written to %s: %s.".formatted(file, e.getMessage()),
          e);
    }
  }

  private record Prediction(
      String id,
      String image,
      String question,
      String answer,
      String prediction,
      boolean correct,
      String scorer) {}

  private static String toJson(Metric metric, Answered pair) {
    Question question = pair.question();
    try {
      return JSON.writeValueAsString(
          new Prediction(
              question.id(),
              question.image(),
              question.question(),
              question.answer(),
              pair.prediction(),
              metric.correct(pair),
              metric.version()));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
