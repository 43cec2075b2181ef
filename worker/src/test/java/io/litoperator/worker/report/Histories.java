package io.litoperator.worker.report;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Inspection;
import io.litoperator.worker.data.Inspection.TokenText;
import io.litoperator.worker.plan.Objective;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Made-up runs that look like the quickstart's. */
public final class Histories {
  public static final int PRETRAIN_STEPS = 350;
  public static final int FINETUNE_STEPS = 350;

  private Histories() {}

  /** A whole run without a fault: both stages, checkpoints, scores and answers. */
  public static List<Event> run(Objective objective, long seed, List<Path> pictures) {
    List<Event> events = begin(objective, seed, pictures);
    events.addAll(steps(objective, seed, "pretrain", 1, PRETRAIN_STEPS, PRETRAIN_STEPS));
    events.add(saved(objective, "pretrain", PRETRAIN_STEPS));
    events.add(finetune(0));
    events.addAll(steps(objective, seed, "finetune", 1, FINETUNE_STEPS, FINETUNE_STEPS));
    events.add(saved(objective, "finetune", FINETUNE_STEPS));
    events.addAll(end(objective, seed, pictures));
    return events;
  }

  /**
   * As {@link #run}, but a rank dies after fine-tune step 230, the last checkpoint being of 200.
   */
  public static List<Event> restarted(Objective objective, long seed, List<Path> pictures) {
    List<Event> events = begin(objective, seed, pictures);
    events.addAll(steps(objective, seed, "pretrain", 1, PRETRAIN_STEPS, PRETRAIN_STEPS));
    events.add(finetune(0));
    events.addAll(steps(objective, seed, "finetune", 1, 230, FINETUNE_STEPS));
    events.add(
        new Event.Restarted(2, "PEER_LOST", "Rank 1 was killed (signal 9).", "finetune-200"));
    events.add(finetune(200));
    events.addAll(steps(objective, seed, "finetune", 201, FINETUNE_STEPS, FINETUNE_STEPS));
    events.add(saved(objective, "finetune", FINETUNE_STEPS));
    events.addAll(end(objective, seed, pictures));
    return events;
  }

  /** As {@link #run}, with scores at two checkpoints of the fine-tune as well. */
  public static List<Event> scoredOnTheWay(Objective objective, long seed, List<Path> pictures) {
    List<Event> events = begin(objective, seed, pictures);
    events.add(finetune(0));
    for (int step : new int[] {100, 200}) {
      events.addAll(steps(objective, seed, "finetune", step - 99, step, FINETUNE_STEPS));
      events.add(saved(objective, "finetune", step));
      events.add(new Event.Scored("pope", "accuracy", step / 400.0, 450, "pope-1", (long) step));
      events.add(
          new Event.CheckpointScored("finetune", step, "pope", "accuracy", step / 400.0, true));
    }
    events.addAll(steps(objective, seed, "finetune", 201, FINETUNE_STEPS, FINETUNE_STEPS));
    events.add(saved(objective, "finetune", FINETUNE_STEPS));
    events.addAll(end(objective, seed, pictures));
    return events;
  }

  public static final Event.Times TIMES =
      new Event.Times(0.001, 0.03, 0.05, 0.005, 0.004, 0.006, 0.004);

  public static Event.Step step(String stage, long step, long total, double loss) {
    return new Event.Step(
        stage, step, total, 0.5, loss, null, loss, 1e-3, 1, 100, 2000, null, TIMES, 1 << 20, 10);
  }

  private static List<Event> begin(Objective objective, long seed, List<Path> pictures) {
    List<Event> events = new ArrayList<>();
    events.add(
        new Event.RunStarted(
            "quickstart",
            objective.label(),
            seed,
            2,
            812_416,
            "lit-output/quickstart/" + objective.label() + "-" + seed));
    events.add(new Event.Inspected(inspection(objective, pictures)));
    events.add(new Event.StageStarted("pretrain", 0, PRETRAIN_STEPS, 22_400, 812_416));
    return events;
  }

  private static Event finetune(long fromStep) {
    return new Event.StageStarted("finetune", fromStep, FINETUNE_STEPS, 1_500, 660_000);
  }

  private static Event saved(Objective objective, String stage, long step) {
    return new Event.CheckpointSaved(
        stage,
        step,
        "lit-output/quickstart/" + objective.label() + "/" + stage + "-" + step,
        9_760_000,
        "sha256:9f2c41d0",
        0.4);
  }

  private static List<Event> steps(
      Objective objective, long seed, String stage, int from, int to, int total) {
    boolean lit = objective == Objective.LIT && stage.equals("finetune");
    Random random = new Random(31 * seed + objective.ordinal() + stage.hashCode() + from);
    List<Event> events = new ArrayList<>();
    for (int step = from; step <= to; step++) {
      double share = (double) step / total;
      double warm = Math.min(1, share / 0.05);
      double rate = 3e-3 * warm * 0.5 * (1 + Math.cos(Math.PI * share));
      double noise = 1 + 0.08 * random.nextGaussian();
      double answer = (0.25 + 3.4 * Math.exp(-share * (lit ? 7 : 4.5))) * noise;
      Double instruction =
          lit ? (0.9 + 2.2 * Math.exp(-share * 5)) * (1 + 0.05 * random.nextGaussian()) : null;
      double loss = instruction == null ? answer : 0.6 * answer + 0.4 * instruction;
      double norm = (0.6 + 3 * Math.exp(-share * 9)) * Math.exp(0.35 * random.nextGaussian());
      double rateOfSamples = (step - from < 3 ? 90 : 290) + 22 * random.nextGaussian();
      events.add(
          new Event.Step(
              stage,
              step,
              total,
              7.5 * share,
              loss,
              instruction,
              answer,
              rate,
              norm,
              rateOfSamples,
              rateOfSamples * 38,
              null,
              TIMES,
              412L << 20,
              (total - step) * 0.11));
    }
    return events;
  }

  private static List<Event> end(Objective objective, long seed, List<Path> pictures) {
    boolean lit = objective == Objective.LIT;
    Random random = new Random(seed + objective.ordinal());
    double spread = random.nextGaussian();
    List<Event> events = new ArrayList<>();
    events.add(
        new Event.Scored(
            "answers",
            "accuracy",
            (lit ? .91 : .51) + .04 * spread,
            900,
            "answers-1",
            (long) FINETUNE_STEPS));
    events.add(
        new Event.Scored(
            "pope",
            "accuracy",
            (lit ? .88 : .63) + .06 * spread,
            450,
            "pope-1",
            (long) FINETUNE_STEPS));
    events.add(
        new Event.Scored(
            "pope", "f1", (lit ? .87 : .61) + .06 * spread, 450, "pope-1", (long) FINETUNE_STEPS));
    events.add(
        new Event.Scored(
            "chair",
            "i",
            (lit ? .004 : .126) + .003 * spread,
            300,
            "chair-1",
            (long) FINETUNE_STEPS));
    events.add(
        new Event.Scored(
            "visualContribution",
            "mean",
            (lit ? 4.48 : 2.23) + .3 * spread,
            1_650,
            "visualContribution-1",
            (long) FINETUNE_STEPS));
    events.add(
        new Event.Scored(
            "answers",
            "logProbability",
            (lit ? -.37 : -1.11) + .1 * spread,
            1_650,
            "answers-1",
            (long) FINETUNE_STEPS));
    String[][] questions = {
      {"answers", "Where is the pineapple?", "top-left", "top-left", "bottom"},
      {"answers", "What color is the center dog?", "purple", "purple", "purple"},
      {"pope", "Is there any rocket?\nAnswer the question using a single word.", "no", "no", "yes"},
      {"pope", "Is there any dog?", "yes", "yes", ""},
      {
        "chair",
        "Provide a one-sentence caption for the provided image.",
        "the top-left has a pineapple and the center has a dog",
        "the top-left has a pineapple and the center has a dog",
        "the top has a car, the left has a dog and the center has a <b>dog</b>"
      },
    };
    for (int i = 0; i < questions.length; i++) {
      String[] question = questions[i];
      String answer = lit ? question[3] : question[4];
      events.add(
          new Event.Answered(
              question[0],
              pictures.get(i % pictures.size()).toString(),
              question[1],
              question[2],
              answer,
              answer.equals(question[2])));
    }
    events.add(
        new Event.RunFinished(
            lit ? 151 : 148, "lit-output/quickstart/finetune-" + FINETUNE_STEPS, List.of()));
    return events;
  }

  /** A conversation of two turns as {@code objective} supervises it. */
  public static Inspection inspection(Objective objective, List<Path> pictures) {
    Fate said = objective == Objective.VIT ? Fate.MASKED : Fate.INSTRUCTION;
    Fate template = objective == Objective.VIT ? Fate.MASKED : Fate.TEMPLATE;
    List<TokenText> tokens = new ArrayList<>();
    add(tokens, Fate.MASKED, "A| chat| about| an| image.| USER:| |<image>|\n");
    add(tokens, said, "I| see| green| dog| center.| Where| is| the| pineapple?|\n");
    add(tokens, template, "Answer| the| question| using| a| single| word| or| phrase.");
    add(tokens, Fate.MASKED, " ASSISTANT:");
    add(tokens, Fate.ANSWER, " top-left|</s>");
    add(tokens, Fate.MASKED, "USER:");
    add(tokens, said, " What| color| is| the| center| dog?");
    add(tokens, Fate.MASKED, " ASSISTANT:");
    add(tokens, Fate.ANSWER, " green|</s>");
    return new Inspection(
        "scene-17",
        objective,
        List.of(Inspection.Shown.of(pictures.get(0))),
        tokens,
        Optional.empty());
  }

  private static void add(List<TokenText> tokens, Fate fate, String texts) {
    for (String text : texts.split("\\|")) {
      tokens.add(new TokenText(text, fate));
    }
  }
}
