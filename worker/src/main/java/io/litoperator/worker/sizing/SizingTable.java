package io.litoperator.worker.sizing;

import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import java.util.Locale;
import java.util.OptionalDouble;

/** A stage's settings for people to read. */
public final class SizingTable {
  private static final double GIB = 1L << 30;

  private final StagePlan stage;
  private final Fit fit;
  private final long limit;
  private final int ranks;
  private final Fit.Row largest;
  private final Fit.Row own;

  /**
   * @param sharding that the job asks for
   */
  public SizingTable(StagePlan stage, Sharding sharding, Fit fit, long limit, int ranks) {
    this.stage = stage;
    this.fit = fit;
    this.limit = limit;
    this.ranks = ranks;
    this.largest = fit.row(sharding, stage.activationCheckpointing());
    this.own =
        stage.microBatchSize() == StagePlan.AUTO
            ? largest
            : fit.row(sharding, stage.activationCheckpointing(), stage.microBatchSize());
  }

  /** Whether the job's own setting fits, its micro-batch included. */
  public boolean fits() {
    return own.fits();
  }

  public String text() {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "%s: %s, %s, %s a rank, GiB of each rank at its peak",
        stage.stage().label(),
        count(ranks, "rank"),
        label(fit.precision()),
        gib(limit) + " GiB");
    line(
        text,
        "%-11s %-13s %6s %6s %6s %6s %6s %6s %6s %7s  %5s  %7s  %9s",
        "sharding",
        "checkpointing",
        "param",
        "grad",
        "optim",
        "activ",
        "buffer",
        "saving",
        "eval",
        "peak",
        "micro",
        "s/step",
        "samples/s");
    for (Fit.Row row : fit.rows()) {
      text.append(row(row));
    }
    return text.append(verdict()).toString();
  }

  private String row(Fit.Row row) {
    Memory memory = row.memory();
    return String.format(
        Locale.ROOT,
        "%-11s %-13s %6s %6s %6s %6s %6s %6s %6s %7s  %5s  %7s  %9s%n",
        label(row.setting().sharding()),
        label(row.setting().checkpointing()),
        gib(memory.parameters()),
        gib(memory.gradients()),
        gib(memory.optimizer()),
        gib(memory.activations()),
        gib(memory.buffers()),
        gib(memory.checkpoint()),
        gib(memory.evaluation()),
        gib(memory.peak()),
        row.fits() ? row.setting().microBatch() : "-",
        number(row.seconds()),
        number(row.samplesPerSecond(stage.globalBatchSize())));
  }

  /** Whether the job's own setting fits, with which micro-batch, and else what would; a line. */
  public String verdict() {
    if (own.fits()) {
      return String.format(
          Locale.ROOT,
          stage.microBatchSize() == StagePlan.AUTO
              ? "The job's own setting, %s, fits; microBatchSize: auto is %d.%n"
              : "The job's own setting, %s, fits with microBatchSize %d.%n",
          settings(own.setting()),
          own.setting().microBatch());
    }
    return String.format(
        Locale.ROOT,
        "The job's own setting, %s, does not fit: a micro-batch of %d needs %s of %s GiB; %s.%n",
        settings(own.setting()),
        own.setting().microBatch(),
        gib(own.memory().peak()),
        gib(limit),
        advice());
  }

  private String advice() {
    if (largest.fits()) {
      return "set microBatchSize: " + largest.setting().microBatch();
    }
    return fit.rows().stream()
        .filter(Fit.Row::fits)
        .findFirst()
        .map(row -> "set " + withMicroBatch(row.setting()))
        .or(
            () ->
                fit.onMoreRanks()
                    .map(more -> "use %d ranks, %s".formatted(more.ranks(), withMicroBatch(more))))
        .orElse("use devices with more memory: one sample does not fit on any number of these");
  }

  private static String withMicroBatch(Setting setting) {
    return "%s and microBatchSize: %d".formatted(settings(setting), setting.microBatch());
  }

  private static String settings(Setting setting) {
    return "sharding: %s and activationCheckpointing: %s"
        .formatted(label(setting.sharding()), label(setting.checkpointing()));
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private static String gib(long bytes) {
    return String.format(Locale.ROOT, "%.2f", bytes / GIB);
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.3g", value.getAsDouble()) : "-";
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format + "%n", values));
  }
}
