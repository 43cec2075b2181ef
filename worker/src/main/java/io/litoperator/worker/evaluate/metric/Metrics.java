package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.evaluate.Metric;
import io.litoperator.worker.evaluate.text.EvalAi;

/** The metrics that are composed of parts, by the benchmark whose answers they score. */
public final class Metrics {
  private static final Need ONE_LETTER =
      Need.that(
          question -> question.answer().matches("[A-Za-z]"),
          "must have one letter in field answer");

  private Metrics() {}

  /** Exact match of short answers; every kind of question counts the same. */
  public static Metric answers() {
    return new AnswerMetric<>(
        "answers-1",
        Need.kind("answers"),
        Reading.plain(),
        Gradings::same,
        Aggregation.meanOfKinds("accuracy"));
  }

  /** VQAv2, whose answers go through half of EvalAI's normaliser. */
  public static Metric vqav2() {
    return new AnswerMetric<>(
        "vqav2-lmms-eval-75571cf",
        Need.nothing(),
        (said, question) -> lineNormalised(said),
        new VqaAccuracy(Metrics::lineNormalised),
        Aggregation.mean("accuracy"));
  }

  private static String lineNormalised(String text) {
    return EvalAi.punctuationThenArticles(EvalAi.oneLine(text));
  }

  public static Metric textvqa() {
    return normalised("textvqa-lmms-eval-75571cf");
  }

  public static Metric vizwiz() {
    return normalised("vizwiz-lmms-eval-75571cf");
  }

  private static Metric normalised(String version) {
    return new AnswerMetric<>(
        version,
        Need.nothing(),
        (said, question) -> EvalAi.normalise(said),
        new VqaAccuracy(EvalAi::normalise),
        Aggregation.mean("accuracy"));
  }

  public static Metric gqa() {
    return new AnswerMetric<>(
        "gqa-lmms-eval-75571cf",
        Need.nothing(),
        Reading.plain(),
        Gradings::withoutPunctuation,
        Aggregation.mean("accuracy"));
  }

  public static Metric scienceqa() {
    return new AnswerMetric<>(
        "scienceqa-lmms-eval-75571cf",
        Need.choices(),
        Reading.plain(),
        Gradings::letter,
        Aggregation.mean("accuracy"));
  }

  /** MMStar by its own definition, which lmms-eval left in 2026. */
  public static Metric mmstar() {
    return new AnswerMetric<>(
        "mmstar-lmms-eval-f6fe367",
        ONE_LETTER.and(Need.kind("answers")),
        Reading.plain(),
        Gradings::leadingLetter,
        Aggregation.meanOfKinds("accuracy"));
  }

  public static Metric mme() {
    return new AnswerMetric<>(
        "mme-lmms-eval-75571cf",
        Need.that(MmeScore::knows, "must have one of MME's 14 categories in field kind")
            .and(
                Need.that(
                    question -> YesNo.plain(question.answer()).matches("yes|no"),
                    "must have yes or no in field answer")),
        new YesNo(),
        YesNo::same,
        new MmeScore());
  }

  /** ChartQA; kinds, where given, are its splits. */
  public static Metric chartqa() {
    return new AnswerMetric<>(
        "chartqa-lmms-eval-75571cf",
        Need.nothing(),
        Reading.plain(),
        Gradings::relaxed,
        Aggregation.meanAndKinds("accuracy"));
  }

  public static Metric docvqa() {
    return new AnswerMetric<>(
        "docvqa-lmms-eval-75571cf",
        Need.nothing(),
        Reading.plain(),
        Gradings::similarity,
        Aggregation.mean("anls"));
  }

  public static Metric ocrbench() {
    return new AnswerMetric<>(
        "ocrbench-lmms-eval-75571cf",
        Need.kind("answers"),
        Reading.plain(),
        Gradings::contains,
        Aggregation.meanAndKinds("accuracy"));
  }
}
