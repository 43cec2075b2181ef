package io.litoperator.worker.evaluate.task;

import io.litoperator.worker.evaluate.Metric;
import io.litoperator.worker.evaluate.metric.CaptionMetric;
import io.litoperator.worker.evaluate.metric.ChairMetric;
import io.litoperator.worker.evaluate.metric.Metrics;
import io.litoperator.worker.evaluate.metric.MmmuMetric;
import io.litoperator.worker.evaluate.metric.PopeMetric;
import io.litoperator.worker.evaluate.task.EvaluationTask.Answering;
import io.litoperator.worker.evaluate.task.EvaluationTask.Contribution;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
              new Answering("answers", AS_ASKED, Metrics.answers()),
              new Answering("pope", AS_ASKED, new PopeMetric()),
              new Answering("chair", AS_ASKED, new ChairMetric()),
              new Contribution("visualContribution", AS_ASKED, "visual-contribution-1"),
              new Answering("vqav2", SHORTLY, Metrics.vqav2()),
              new Answering("gqa", SHORTLY, Metrics.gqa()),
              new Answering(
                  "scienceqa", new Wording.WithChoices("\n" + LETTER + "."), Metrics.scienceqa()),
              new Answering(
                  "vizwiz",
                  new Wording.Capitalized(
                      "\nWhen the provided information is insufficient, respond with"
                          + " 'Unanswerable'."
                          + SHORT),
                  Metrics.vizwiz()),
              new Answering("mme", new Wording.WithoutYesOrNo(SHORT), Metrics.mme()),
              new Answering(
                  "mmmu",
                  new Wording.ChoicesOrOpen("\n\n" + LETTER + ".", "\n" + SHORT),
                  new MmmuMetric()),
              new Answering("mmstar", new Wording.WithoutYesOrNo("\n" + LETTER), Metrics.mmstar()),
              new Answering(
                  "chartqa",
                  new Wording.AsAsked("\nAnswer the question with a single word."),
                  Metrics.chartqa()),
              new Answering("textvqa", new Wording.Capitalized(SHORT), Metrics.textvqa()),
              new Answering("docvqa", SHORTLY, Metrics.docvqa()),
              new Answering("ocrbench", AS_ASKED, Metrics.ocrbench()),
              captions("coco2017", CAPTION),
              captions("flickr30k", CAPTION),
              captions("nocaps", CAPTION),
              captions("textcaps", CAPTION),
              captions("refcoco", "Provide a short description for this region."))
          .stream()
          .collect(Collectors.toUnmodifiableMap(EvaluationTask::name, Function.identity()));

  private Tasks() {}

  private static EvaluationTask captions(String name, String words) {
    Metric metric = new CaptionMetric();
    return new Answering(name, new Wording.Always(words), metric);
  }

  /** All names, those of tasks that jobs cannot have yet among them. */
  public static Set<String> names() {
    return ALL.keySet();
  }

  /**
   * The task of a name.
   *
   * @throws Failure INVALID if there is none
   */
  public static EvaluationTask of(String name) {
    EvaluationTask task = ALL.get(name);
    if (task == null) {
      throw new Failure(ExitCode.INVALID, "There is no evaluation task " + name + ".");
    }
    return task;
  }
}
