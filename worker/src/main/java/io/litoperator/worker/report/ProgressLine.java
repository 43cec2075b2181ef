package io.litoperator.worker.report;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import picocli.CommandLine.Help.Ansi;

/**
 * One line about how far something is: name, count, bar, percent and details, most important first.
 *
 * @param name what is under way
 * @param count done of total, as people read it
 * @param details the last, the time left, is the last to go when the line is too long
 */
record ProgressLine(String name, String count, long done, long total, List<String> details) {
  private static final int LONGEST_BAR = 24;
  private static final int SHORTEST_BAR = 6;
  private static final String GAP = "  ";

  static ProgressLine of(String objective, Event.Step step) {
    List<String> details = new ArrayList<>();
    details.add(loss(step));
    details.add(Numbers.measure(step.samplesPerSecond()) + " samples/s");
    details.add(Numbers.duration(step.secondsLeft()) + " left");
    return counting(name(objective, step.stage()), step.step(), step.totalSteps(), details);
  }

  static ProgressLine of(String objective, Event.EvaluationProgress progress) {
    List<String> details = new ArrayList<>();
    if (progress.secondsLeft() > 0) {
      double rate = (progress.total() - progress.done()) / progress.secondsLeft();
      details.add(Numbers.measure(rate) + " samples/s");
    }
    details.add(Numbers.duration(progress.secondsLeft()) + " left");
    return counting(
        name(objective, "evaluate " + progress.task()), progress.done(), progress.total(), details);
  }

  static ProgressLine of(String objective, Event.FileProgress progress) {
    String total = Numbers.bytes(progress.totalBytes());
    return new ProgressLine(
        name(objective, progress.work()),
        Numbers.bytes(progress.doneBytes()) + " of " + total,
        progress.doneBytes(),
        progress.totalBytes(),
        List.of(
            Numbers.bytes((long) progress.bytesPerSecond()) + "/s",
            Numbers.duration(progress.secondsLeft()) + " left"));
  }

  static ProgressLine counting(String name, long done, long total, List<String> details) {
    String all = Long.toString(total);
    String count = padded(Long.toString(done), all.length()) + "/" + all;
    return new ProgressLine(name, count, done, total, details);
  }

  /** Whole percents, 100 only at the end. */
  int percent() {
    return total <= 0 ? 100 : (int) (100 * Math.min(done, total) / total);
  }

  /** Without a bar, for logs. */
  String plain() {
    return String.join(GAP, texts());
  }

  /**
   * At most {@code width} characters: the bar shrinks, then goes, then details go from the left,
   * then the line is cut.
   */
  String fitted(int width, Ansi ansi) {
    List<String> texts = texts();
    while (texts.size() > 3 && length(texts) > width) {
      texts.remove(2);
    }
    int room = Math.min(LONGEST_BAR, width - length(texts) - GAP.length());
    if (room < SHORTEST_BAR) {
      String line = String.join(GAP, texts);
      return line.length() > width ? line.substring(0, Math.max(0, width)) : line;
    }
    StringJoiner line = new StringJoiner(GAP);
    line.add(texts.get(0)).add(bar(room, ansi));
    texts.subList(1, texts.size()).forEach(line::add);
    return line.toString();
  }

  private List<String> texts() {
    List<String> texts = new ArrayList<>();
    texts.add(name + " " + count);
    texts.add(padded(Integer.toString(percent()), 3) + "%");
    texts.addAll(details);
    return texts;
  }

  private String bar(int length, Ansi ansi) {
    int full = length * percent() / 100;
    String done = "━".repeat(full);
    String rest = "─".repeat(length - full);
    return ansi.enabled() ? "\u001b[32m" + done + "\u001b[2;39m" + rest + "\u001b[0m" : done + rest;
  }

  private static int length(List<String> texts) {
    return String.join(GAP, texts).length();
  }

  private static String padded(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  private static String name(String objective, String what) {
    return objective.isEmpty() ? what : objective + " " + what;
  }

  private static String loss(Event.Step step) {
    String loss = "loss " + Numbers.measure(step.loss());
    if (step.instructionLoss() == null || step.responseLoss() == null) {
      return loss;
    }
    return loss
        + " (instruction "
        + Numbers.measure(step.instructionLoss())
        + ", answer "
        + Numbers.measure(step.responseLoss())
        + ")";
  }
}
