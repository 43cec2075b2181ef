package io.litoperator.worker.report;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Inspection;
import io.litoperator.worker.data.Inspection.TokenText;
import java.util.EnumMap;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/** A sample's conversation for a terminal, with what becomes of each token. */
public final class MaskText {
  private static final String RESET = "\u001b[0m";

  private final Screen screen;

  public MaskText(Screen screen) {
    this.screen = screen;
  }

  /**
   * Each fate in its colour; without colours, a line of marks under each line of text. Line breaks
   * are shown as {@code ↵}.
   */
  public String render(Inspection inspection) {
    StringBuilder text = new StringBuilder();
    text.append("sample ").append(Printable.oneLine(inspection.id()));
    text.append(" · ").append(inspection.objective().label());
    inspection.pictures().forEach(picture -> text.append(" · ").append(picture.name()));
    text.append("\n\n");
    Lines lines = new Lines(text);
    inspection.tokens().forEach(lines::add);
    lines.end();
    text.append('\n').append(legend(inspection));
    inspection
        .reason()
        .ifPresent(reason -> text.append("cannot be trained on: ").append(reason).append('\n'));
    return text.toString();
  }

  private String legend(Inspection inspection) {
    Map<Fate, Integer> counts = new EnumMap<>(Fate.class);
    inspection.tokens().forEach(token -> counts.merge(token.fate(), 1, Integer::sum));
    StringBuilder legend = new StringBuilder();
    for (FateStyle style : FateStyle.values()) {
      String count = style.meaning() + ": " + counts.getOrDefault(style.fate(), 0);
      legend.append(screen.ansi().enabled() ? coloured(style, style.label()) : style.legendMark());
      legend.append("  ").append(count).append('\n');
    }
    return legend.toString();
  }

  private static String coloured(FateStyle style, String text) {
    return Ansi.Style.on(style.styles()) + text + RESET;
  }

  /** Breaks tokens into lines of at most the screen's width. */
  private final class Lines {
    private final StringBuilder all;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder marks = new StringBuilder();
    private int length;
    private FateStyle colour;

    Lines(StringBuilder all) {
      this.all = all;
    }

    void add(TokenText token) {
      FateStyle style = FateStyle.of(token.fate());
      token.text().codePoints().forEach(codePoint -> add(style, codePoint));
    }

    private void add(FateStyle style, int codePoint) {
      String shown = Printable.oneLine(Character.toString(codePoint));
      if (screen.ansi().enabled() && style != colour) {
        text.append(RESET).append(Ansi.Style.on(style.styles()));
        colour = style;
      }
      text.append(shown);
      marks.append(style.mark());
      length++;
      if (codePoint == '\n' || length >= screen.width()) {
        end();
      }
    }

    void end() {
      if (length == 0) {
        return;
      }
      all.append(text).append(colour == null ? "" : RESET).append('\n');
      if (!screen.ansi().enabled()) {
        all.append(marks.toString().stripTrailing()).append('\n');
      }
      text.setLength(0);
      marks.setLength(0);
      length = 0;
      colour = null;
    }
  }
}
