package io.litoperator.worker.checkpoint;

import io.litoperator.worker.plan.StagePlan.Stage;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a checkpoint within its job, in the order of training: pretrain before fine-tune, then by
 * step.
 *
 * @param step optimizer steps done in the stage
 */
public record CheckpointId(Stage stage, long step) implements Comparable<CheckpointId> {
  private static final Pattern FORM = Pattern.compile("([a-z]+)-(0|[1-9]\\d{0,17})");
  private static final Comparator<CheckpointId> ORDER =
      Comparator.comparing(CheckpointId::stage).thenComparingLong(CheckpointId::step);

  /** Reads {@code <stage>-<step>}; empty if the text is not of this form. */
  public static Optional<CheckpointId> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    for (Stage stage : Stage.values()) {
      if (stage.label().equals(form.group(1))) {
        return Optional.of(new CheckpointId(stage, Long.parseLong(form.group(2))));
      }
    }
    return Optional.empty();
  }

  @Override
  public int compareTo(CheckpointId other) {
    return ORDER.compare(this, other);
  }

  /** {@code <stage>-<step>}: the folder's name. */
  @Override
  public String toString() {
    return stage.label() + "-" + step;
  }
}
