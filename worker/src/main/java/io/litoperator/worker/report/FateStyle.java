package io.litoperator.worker.report;

import io.litoperator.worker.data.Fate;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Style;

/** How a token's {@link Fate} is shown; a mark stands in where there are no colours. */
public enum FateStyle {
  ANSWER(Fate.ANSWER, 'a', "supervised, answer", Style.fg_green, Style.bold),
  INSTRUCTION(Fate.INSTRUCTION, 'i', "supervised, instruction", Style.fg_cyan, Style.underline),
  TEMPLATE(Fate.TEMPLATE, 't', "not supervised, task template", Style.fg_yellow),
  MASKED(Fate.MASKED, ' ', "not supervised, read only", Style.faint);

  private final Fate fate;
  private final char mark;
  private final String meaning;
  private final IStyle[] styles;

  FateStyle(Fate fate, char mark, String meaning, IStyle... styles) {
    this.fate = fate;
    this.mark = mark;
    this.meaning = meaning;
    this.styles = styles;
  }

  public static FateStyle of(Fate fate) {
    return valueOf(fate.name());
  }

  public Fate fate() {
    return fate;
  }

  /** In lower case, also the name of its CSS class. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  public String meaning() {
    return meaning;
  }

  char mark() {
    return mark;
  }

  /** The mark as a legend names it. */
  String legendMark() {
    return mark == ' ' ? "(no mark)" : String.valueOf(mark);
  }

  IStyle[] styles() {
    return styles.clone();
  }
}
