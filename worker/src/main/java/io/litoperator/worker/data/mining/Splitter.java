package io.litoperator.worker.data.mining;

import io.litoperator.worker.data.annotations.Whitespace;
import io.litoperator.worker.plan.MiningPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * How what a human says is taken apart; named as in {@link MiningPlan.Unit}. White space within a
 * part becomes single spaces.
 */
enum Splitter {
  /**
   * Sentences: a line is split after {@code .}, {@code ?}, {@code !} and {@code :} where white
   * space follows, and after the full-width ones of Chinese and Japanese. Closing quotes and
   * brackets stay with their sentence. A full stop after a single word ends none, so that {@code A.
   * a cat} and {@code Mr. Smith} stay whole. A part that ends in a colon is the fixed beginning of
   * what differs after it.
   */
  SENTENCES {
    @Override
    void split(String line, List<String> parts) {
      int start = 0;
      for (int i = 0; i < line.length(); i++) {
        if (ENDS.indexOf(line.charAt(i)) < 0) {
          continue;
        }
        int end = i + 1;
        while (end < line.length() && CLOSING.indexOf(line.charAt(end)) >= 0) {
          end++;
        }
        if (isEnd(line, i, end) && !isAbbreviation(line.substring(start, end).strip())) {
          add(line.substring(start, end), parts);
          start = end;
        }
        i = end - 1;
      }
      add(line.substring(start), parts);
    }

    private boolean isEnd(String line, int mark, int end) {
      return ENDS.indexOf(line.charAt(mark)) >= FIRST_WIDE
          || end == line.length()
          || line.charAt(end) == ' ';
    }

    private boolean isAbbreviation(String part) {
      return part.endsWith(".") && part.indexOf(' ') < 0;
    }
  },
  /** Whole lines. */
  LINES {
    @Override
    void split(String line, List<String> parts) {
      add(line, parts);
    }
  };

  private static final String ENDS = ".?!:。？！：";
  private static final int FIRST_WIDE = 4;
  private static final String CLOSING = "\"')]}’”」』）";

  /**
   * @param line without line breaks, with single spaces
   */
  abstract void split(String line, List<String> parts);

  /** The parts of a text in their order, none empty. */
  List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    text.lines().map(Whitespace::single).forEach(line -> split(line, parts));
    return parts;
  }

  private static void add(String part, List<String> parts) {
    String stripped = part.strip();
    if (!stripped.isEmpty()) {
      parts.add(stripped);
    }
  }
}
