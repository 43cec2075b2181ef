package io.litoperator.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Inspection;
import io.litoperator.worker.data.Inspection.TokenText;
import io.litoperator.worker.plan.Objective;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

class MaskTextTest {
  private static final Inspection SAMPLE =
      new Inspection(
          "7",
          Objective.LIT,
          List.of(),
          List.of(
              new TokenText("USER:", Fate.MASKED),
              new TokenText(" What?\n", Fate.INSTRUCTION),
              new TokenText("One word.", Fate.TEMPLATE),
              new TokenText(" dog", Fate.ANSWER)),
          Optional.of("too long"));

  @Test
  void withoutColoursMarksStandUnderTheText() {
    String shown = new MaskText(new Screen(false, 80, Ansi.OFF)).render(SAMPLE);

    assertThat(shown.lines())
        .containsExactly(
            "sample 7 · LIT",
            "",
            "USER: What?↵",
            "     iiiiiii",
            "One word. dog",
            "tttttttttaaaa",
            "",
            "a  supervised, answer: 1",
            "i  supervised, instruction: 1",
            "t  not supervised, task template: 1",
            "(no mark)  not supervised, read only: 1",
            "cannot be trained on: too long");
  }

  @Test
  void withColoursThereAreNoMarks() {
    String shown = new MaskText(new Screen(true, 80, Ansi.ON)).render(SAMPLE);

    assertThat(shown.replaceAll("\u001b\\[[0-9;]*m", ""))
        .contains("USER: What?↵\nOne word. dog\n\n")
        .doesNotContain("iii");
    assertThat(shown).contains("\u001b[32m\u001b[1m dog");
  }

  @Test
  void linesAreCutToTheWidthTogetherWithTheirMarks() {
    String shown = new MaskText(new Screen(false, 9, Ansi.OFF)).render(SAMPLE);

    assertThat(shown)
        .contains("USER: Wha\n     iiii\nt?↵\niii\nOne word.\nttttttttt\n dog\naaaa\n");
  }
}
