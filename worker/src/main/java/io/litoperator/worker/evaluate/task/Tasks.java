package io.litoperator.worker.evaluate.task;

import io.litoperator.worker.evaluate.Metric;
import io.litoperator.worker.evaluate.judge.HallusionBench;
import io.litoperator.worker.evaluate.judge.JudgePrompt;
import io.litoperator.worker.evaluate.judge.Judging;
import io.litoperator.worker.evaluate.judge.MmHalBench;
import io.litoperator.worker.evaluate.metric.CaptionMetric;
import io.litoperator.worker.evaluate.metric.ChairMetric;
import io.litoperator.worker.evaluate.metric.Metrics;
import io.litoperator.worker.evaluate.metric.MmmuMetric;
import io.litoperator.worker.evaluate.metric.PopeMetric;
import io.litoperator.worker.evaluate.task.EvaluationTask.Answering;
import io.litoperator.worker.evaluate.task.EvaluationTask.Contribution;
import io.litoperator.worker.evaluate.task.EvaluationTask.HeldOut;
import io.litoperator.worker.evaluate.task.EvaluationTask.Judged;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.EvaluationPlan.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The registry of evaluation tasks. */
public final class Tasks {
  private static final String SHORT = "\nAnswer the question using a single word or phrase.";
  private static final String LETTER =
      "Answer with the option's letter from the given choices directly";
  private static final String CAPTION = "Provide a one-sentence caption for the provided image.";
  private static final Wording AS_ASKED = new Wording.AsAsked("");
  private static final Wording SHORTLY = new Wording.AsAsked(SHORT);

  private static final Map<String, EvaluationTask> ALL =
      List.of(
              answering("answers", AS_ASKED, 64, Metrics.answers()),
              answering("pope", AS_ASKED, 128, new PopeMetric()),
              answering("chair", AS_ASKED, 512, new ChairMetric()),
              new Contribution("visualContribution", AS_ASKED, "visual-contribution-1"),
              new HeldOut("heldOutLoss", "held-out-loss-1"),
              answering("vqav2", SHORTLY, 16, Metrics.vqav2()),
              answering("gqa", SHORTLY, 16, Metrics.gqa()),
              answering(
                  "scienceqa",
                  new Wording.WithChoices("\n" + LETTER + "."),
                  16,
                  Metrics.scienceqa()),
              answering(
                  "vizwiz",
                  new Wording.Capitalized(
                      "\nWhen the provided information is insufficient, respond with"
                          + " 'Unanswerable'."
                          + SHORT),
                  16,
                  Metrics.vizwiz()),
              answering("mme", new Wording.WithoutYesOrNo(SHORT), 16, Metrics.mme()),
              answering(
                  "mmmu",
                  new Wording.ChoicesOrOpen("\n\n" + LETTER + ".", "\n" + SHORT),
                  128,
                  new MmmuMetric()),
              answering("mmstar", new Wording.WithoutYesOrNo("\n" + LETTER), 16, Metrics.mmstar()),
              answering(
                  "chartqa",
                  new Wording.AsAsked("\nAnswer the question with a single word."),
                  16,
                  Metrics.chartqa()),
              answering("textvqa", new Wording.Capitalized(SHORT), 16, Metrics.textvqa()),
              answering("docvqa", SHORTLY, 32, Metrics.docvqa()),
              answering("ocrbench", AS_ASKED, 128, Metrics.ocrbench()),
              captions("coco2017", CAPTION),
              captions("flickr30k", CAPTION),
              captions("nocaps", CAPTION),
              captions("textcaps", CAPTION),
              captions("refcoco", "Provide a short description for this region."),
              judged("hallusionbench", 128, new HallusionBench()),
              judged("mmhal", 512, new MmHalBench()))
          .stream()
          .collect(Collectors.toUnmodifiableMap(EvaluationTask::name, Function.identity()));

  private static final String SYNONYMS = "synonyms.txt";
  private static final String JUDGE_PROMPT = "judge.txt";

  private Tasks() {}

  private static EvaluationTask answering(
      String name, Wording wording, int newTokens, Metric metric) {
    return new Answering(name, wording, newTokens, metric);
  }

  private static EvaluationTask captions(String name, String words) {
    return answering(name, new Wording.Always(words), 64, new CaptionMetric());
  }

  private static EvaluationTask judged(String name, int newTokens, Judging judging) {
    return new Judged(name, AS_ASKED, newTokens, judging);
  }

  public static Set<String> names() {
    return new TreeSet<>(ALL.keySet());
  }

  /**
   * The task of a name.
   *
   * @throws Failure INVALID if there is none
   */
  public static EvaluationTask of(String name) {
    EvaluationTask task = ALL.get(name);
    if (task == null) {
      throw new Failure(
          ExitCode.INVALID,
          "There is no evaluation task %s; there are %s."
              .formatted(name, String.join(", ", names())));
    }
    return task;
  }

  /**
   * A plan's task, with what lies beside its questions: CHAIR's published table of synonyms, or
   * what a judge is to be asked.
   *
   * @throws Failure INVALID if there is none of its name; that file's
   */
  public static EvaluationTask of(Task task) {
    EvaluationTask known = of(task.name());
    Path synonyms = task.data().resolveSibling(SYNONYMS);
    Path prompt = task.data().resolveSibling(JUDGE_PROMPT);
    if (known instanceof Answering chair
        && chair.metric() instanceof ChairMetric
        && Files.exists(synonyms)) {
      return new Answering(
          chair.name(), chair.wording(), chair.newTokens(), ChairMetric.of(synonyms));
    }
    if (known instanceof Judged judged && Files.exists(prompt)) {
      return new Judged(
          judged.name(),
          judged.wording(),
          judged.newTokens(),
          judged.judging().asking(JudgePrompt.read(prompt)));
    }
    return known;
  }
}
