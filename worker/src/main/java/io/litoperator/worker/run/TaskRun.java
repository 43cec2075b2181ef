package io.litoperator.worker.run;

import io.litoperator.worker.analyze.HeldOutLoss;
import io.litoperator.worker.analyze.VisualContribution;
import io.litoperator.worker.data.loading.Dataset;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Evaluation;
import io.litoperator.worker.evaluate.KeptAnswers;
import io.litoperator.worker.evaluate.Metric;
import io.litoperator.worker.evaluate.Prompts;
import io.litoperator.worker.evaluate.TaskData;
import io.litoperator.worker.evaluate.judge.Judgement;
import io.litoperator.worker.evaluate.task.EvaluationTask.Answering;
import io.litoperator.worker.evaluate.task.EvaluationTask.Asking;
import io.litoperator.worker.evaluate.task.EvaluationTask.Contribution;
import io.litoperator.worker.evaluate.task.EvaluationTask.Judged;
import io.litoperator.worker.evaluate.task.Tasks;
import io.litoperator.worker.interchange.ModelSources;
import io.litoperator.worker.model.Inference;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.EvaluationPlan.Task;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.run.EvaluationScores.Score;
import io.litoperator.worker.transfer.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** An evaluation: every task's scores, predictions and a few answers to read. */
final class TaskRun {
  /** Answers of each task that the report shows. */
  private static final int SHOWN_ANSWERS = 6;

  private final RankVoice voice;
  private final RunPlan plan;
  private final ModelSources sources;
  private final VisionLanguageModel model;
  private final Collective ranks;
  private final Path folder;
  private final Scorebook scorebook;

  /** Keeps and tells scores. */
  @FunctionalInterface
  interface Scorebook {
    /** All of a task's, the main one first; called on rank 0 alone. */
    void enter(List<Score> scores);
  }

  /**
   * @param voice tells of progress and answers
   * @param folder of the predictions; if it has answers of an earlier start of the same evaluation,
   *     these are not made again
   */
  TaskRun(
      RankVoice voice,
      ModelSources sources,
      VisionLanguageModel model,
      Path folder,
      Scorebook scorebook) {
    this.voice = voice;
    plan = voice.plan();
    ranks = voice.ranks();
    this.sources = sources;
    this.model = model;
    this.folder = folder;
    this.scorebook = scorebook;
  }

  /**
   * Does tasks.
   *
   * @param stopRequested asked before each task and each batch of questions; ranks may learn of it
   *     at different moments
   * @return whether it came to the end
   */
  boolean run(List<Task> tasks, BooleanSupplier stopRequested) {
    Prompts prompts =
        Prompts.of(plan.model(), sources.tokenizer(), sources.images(Stage.FINETUNE)::process);
    try (Inference inference = new Inference(model, voice::alive)) {
      for (Task task : tasks) {
        if (anyWishes(stopRequested)) {
          return false;
        }
        boolean finished =
            Tasks.of(task) instanceof Asking asking
                ? ask(task, asking, prompts, inference, stopRequested)
                : loss(task, inference, stopRequested);
        if (!finished) {
          return false;
        }
      }
    }
    return true;
  }

  /** Puts a task's questions; tells whether it came to the end, the same on every rank. */
  private boolean ask(
      Task task,
      Asking definition,
      Prompts prompts,
      Inference inference,
      BooleanSupplier stopRequested) {
    try (TaskData data = TaskData.open(task, definition)) {
      if (definition instanceof Contribution) {
        return contribution(task, data, prompts, inference, stopRequested);
      }
      KeptAnswers kept = new KeptAnswers(Optional.of(folder.resolve("answers")), ranks.rank());
      Optional<List<Answered>> answered =
          new Evaluation(inference, sources.tokenizer(), prompts, ranks, voice::tell)
              .answer(task, data, kept, stopRequested);
      // Scores are rank 0's to tell; the others need not ask the judge.
      if (ranks.rank() == 0) {
        answered.ifPresent(all -> score(task, definition, all));
      }
      return answered.isPresent();
    }
  }

  private void score(Task task, Asking definition, List<Answered> answered) {
    if (definition instanceof Judged judged) {
      judge(task, judged, answered);
    } else if (definition instanceof Answering answering) {
      score(task, answering.metric(), answered);
    }
  }

  private boolean contribution(
      Task task,
      TaskData data,
      Prompts prompts,
      Inference inference,
      BooleanSupplier stopRequested) {
    int questions = data.questions().size();
    return enter(
        task,
        questions,
        new VisualContribution(inference, ranks, plan.seed())
            .of(
                questions,
                i -> prompts.answered(data, data.questions().get(i)),
                stopRequested,
                progress(task, questions)));
  }

  private boolean loss(Task task, Inference inference, BooleanSupplier stopRequested) {
    try (Dataset data = Supervision.ofHeldOut(plan).open(List.of(task.dataset()), sources)) {
      return enter(
          task,
          data.size(),
          new HeldOutLoss(inference, ranks)
              .of(data.size(), data::load, stopRequested, progress(task, data.size())));
    }
  }

  /** Tells whether there are scores. */
  private boolean enter(Task task, int samples, Optional<Map<String, Double>> scores) {
    if (ranks.rank() == 0) {
      scores.ifPresent(all -> enter(task, all, samples, Tasks.of(task).scorer()));
    }
    return scores.isPresent();
  }

  private boolean anyWishes(BooleanSupplier stopRequested) {
    double[] stops = {stopRequested.getAsBoolean() ? 1 : 0};
    ranks.allReduce(stops);
    return stops[0] > 0;
  }

  private void score(Task task, Metric metric, List<Answered> answered) {
    List<Prediction> predictions =
        answered.stream()
            .map(pair -> Prediction.of(pair, metric.correct(pair), null, metric.version()))
            .toList();
    finish(task, metric.score(answered), metric.version(), predictions);
  }

  private void judge(Task task, Judged judged, List<Answered> answered) {
    long start = System.nanoTime();
    List<Judgement> judgements =
        Judgements.of(
            task.name(),
            judged.judging(),
            answered,
            plan.evaluation().judge(),
            Runs.predictions(plan).resolve("judgements"),
            done -> tellProgress(task, "judge ", done, answered.size(), start));
    List<Prediction> predictions =
        judgements.stream()
            .map(
                judgement ->
                    Prediction.of(
                        judgement.pair(),
                        judged.judging().correct(judgement),
                        judgement.text(),
                        judged.scorer()))
            .toList();
    finish(task, judged.judging().score(judgements), judged.scorer(), predictions);
  }

  private void finish(
      Task task, Map<String, Double> scores, String scorer, List<Prediction> predictions) {
    Prediction.write(folder.resolve(task.name() + ".jsonl"), predictions);
    enter(task, scores, predictions.size(), scorer);
    int every = Math.max(1, predictions.size() / SHOWN_ANSWERS);
    IntStream.iterate(0, i -> i < predictions.size(), i -> i + every)
        .forEach(i -> tellAnswer(task, predictions.get(i)));
  }

  /** Ranks have equal shares. */
  private Progress progress(Task task, int samples) {
    long start = System.nanoTime();
    return (what, done, share) ->
        tellProgress(task, "", (int) Math.round((double) done / share * samples), samples, start);
  }

  private void tellProgress(Task task, String doing, int done, int total, long start) {
    double seconds = (System.nanoTime() - start) * 1e-9;
    voice.tell(
        new Event.EvaluationProgress(
            doing + task.name(), done, total, seconds / Math.max(1, done) * (total - done)));
  }

  private void enter(Task task, Map<String, Double> scores, int samples, String scorer) {
    scorebook.enter(
        scores.entrySet().stream()
            .map(score -> new Score(task.name(), score.getKey(), score.getValue(), samples, scorer))
            .toList());
  }

  private void tellAnswer(Task task, Prediction said) {
    boolean shown = !said.image().isEmpty() && Files.exists(task.images().resolve(said.image()));
    voice.tell(
        new Event.Answered(
            task.name(),
            shown ? task.images().resolve(said.image()).toString() : null,
            said.question(),
            said.answer(),
            said.prediction(),
            said.correct()));
  }
}
