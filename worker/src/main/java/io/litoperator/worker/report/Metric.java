package io.litoperator.worker.report;

import java.util.Map;

/**
 * What a score means, for the reader of a report.
 *
 * @param meaning a few words; empty for a metric that is not known here
 */
public record Metric(String name, String meaning, Better better) {
  private static final String CIDER = "likeness to people's captions, 0 to 10";

  private static final Map<String, Metric> KNOWN =
      Map.ofEntries(
          known("answers.accuracy", "right answers, mean over kinds of question", Better.HIGHER),
          known("pope.accuracy", "right yes or no on whether a thing is there", Better.HIGHER),
          known("pope.precision", "of the yes, those that are right", Better.HIGHER),
          known("pope.recall", "of the things there, those affirmed", Better.HIGHER),
          known("pope.f1", "harmonic mean of precision and recall", Better.HIGHER),
          known("chair.i", "mentions of things that are not there", Better.LOWER),
          known("chair.s", "captions that mention a thing not there", Better.LOWER),
          known("chair.recall", "of the things there, those mentioned", Better.HIGHER),
          known(
              "visualContribution.mean",
              "log-probability of the answer that the picture adds to noise",
              Better.UNSTATED),
          known("heldOutLoss.answer", "loss of an answer's token", Better.LOWER),
          known("heldOutLoss.instruction", "loss of an instruction's token", Better.LOWER),
          known("heldOutLoss.loss", "loss of a supervised token", Better.LOWER),
          known("vqav2.accuracy", "as far as three people agree", Better.HIGHER),
          known("textvqa.accuracy", "as far as three people agree", Better.HIGHER),
          known("vizwiz.accuracy", "as far as three people agree", Better.HIGHER),
          known("gqa.accuracy", "right short answers", Better.HIGHER),
          known("scienceqa.accuracy", "right choices", Better.HIGHER),
          known("mmstar.accuracy", "right choices, mean over categories", Better.HIGHER),
          known("mme.perception", "sum over ten categories, 0 to 2000", Better.HIGHER),
          known("mme.cognition", "sum over four categories, 0 to 800", Better.HIGHER),
          known("chartqa.accuracy", "right, numbers within 5 %", Better.HIGHER),
          known("docvqa.anls", "similarity to the nearest right answer", Better.HIGHER),
          known("ocrbench.accuracy", "answers that hold the right text", Better.HIGHER),
          known("coco2017.cider", CIDER, Better.HIGHER),
          known("flickr30k.cider", CIDER, Better.HIGHER),
          known("nocaps.cider", CIDER, Better.HIGHER),
          known("textcaps.cider", CIDER, Better.HIGHER),
          known("refcoco.cider", CIDER, Better.HIGHER),
          known("mmmu.accuracy", "right answers", Better.HIGHER),
          known("hallusionbench.aAcc", "questions answered right", Better.HIGHER),
          known("hallusionbench.fAcc", "figures with all questions right", Better.HIGHER),
          known("hallusionbench.qAcc", "questions right on every figure", Better.HIGHER),
          known("mmhal.score", "mean rating, 0 to 6", Better.HIGHER),
          known("mmhal.hallucination", "answers that hallucinate", Better.LOWER));

  private static Map.Entry<String, Metric> known(String name, String meaning, Better better) {
    return Map.entry(name, new Metric(name, meaning, better));
  }

  public static Metric of(String name) {
    return KNOWN.getOrDefault(name, new Metric(name, "", Better.UNSTATED));
  }

  /** Which way a score is better. */
  public enum Better {
    HIGHER("higher is better"),
    LOWER("lower is better"),
    UNSTATED("");

    private final String label;

    Better(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }
}
