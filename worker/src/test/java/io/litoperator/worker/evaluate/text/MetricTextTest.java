package io.litoperator.worker.evaluate.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalDouble;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricTextTest {
  @Property(tries = 500)
  void normalisersLeaveNoArticleAndNoBlankAround(@ForAll @StringLength(max = 40) String text) {
    String normalised = EvalAi.normalise(text);

    assertThat(PythonText.split(normalised)).doesNotContain("a", "an", "the", "none", "ten");
    assertThat(String.join(" ", PythonText.split(normalised))).isEqualTo(normalised);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "dont, don't",
    "couldntve, couldntve",
    "couldn'tve, couldn't've",
    "couldnt've, couldn't've",
    "'''ow''sat', '''ow''s''at'",
    "somebody'd, somebodyd",
    "shed, shed",
    "its, its"
  })
  void repairsWhatLacksOneApostrophe(String word, String repaired) {
    assertThat(Contractions.repair(word)).isEqualTo(repaired);
  }

  @Property(tries = 300)
  void editDistanceIsAMetric(
      @ForAll @StringLength(max = 12) String a,
      @ForAll @StringLength(max = 12) String b,
      @ForAll @StringLength(max = 12) String c) {
    int ab = EditDistance.of(a, b);

    assertThat(EditDistance.of(b, a)).isEqualTo(ab);
    assertThat(ab == 0).isEqualTo(a.equals(b));
    assertThat(EditDistance.of(a, c)).isLessThanOrEqualTo(ab + EditDistance.of(b, c));
    assertThat(ab)
        .isBetween(
            Math.abs(PythonText.length(a) - PythonText.length(b)),
            Math.max(PythonText.length(a), PythonText.length(b)));
  }

  @Property(tries = 300)
  void editDistanceCountsOneInsertion(
      @ForAll @StringLength(max = 12) String before, @ForAll @StringLength(max = 12) String after) {
    String emoji = "\ud83d\ude00";

    assertThat(EditDistance.of(before + after, before + "-" + emoji + after)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "-", "1_", "_1", "1__0", "0x1p3", "1d", "1f", "1 0", "1,0", ".", "e3", "1e", "--1",
        "½"
      })
  void noNumbers(String text) {
    assertThat(PythonText.number(text)).isEmpty();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "1_000.5_0, 1000.5",
    "' 7\n', 7",
    "+.5, 0.5",
    "5., 5",
    "-1E-2, -0.01",
    "٣, 3",
    "1e400, Infinity",
    "-inf, -Infinity",
    "Infinity, Infinity",
    "-NaN, NaN"
  })
  void numbers(String text, double number) {
    assertThat(PythonText.number(text)).isEqualTo(OptionalDouble.of(number));
  }

  @Property(tries = 300)
  void readsEveryDoubleThatJavaWrites(@ForAll double number) {
    assertThat(PythonText.number(Double.toString(number))).hasValue(number);
  }

  @Test
  void blanksArePythons() {
    String blanks = " \t\n\u000b\f\r\u001c\u001f\u0085\u00a0\u2007\u2028\u202f\u3000";

    assertThat(PythonText.strip(blanks + "a\u200b" + blanks)).isEqualTo("a\u200b");
    assertThat(PythonText.split(blanks + "a" + blanks + "b")).isEqualTo(List.of("a", "b"));
    assertThat(PythonText.split(blanks)).isEmpty();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "what IS this?, What is this?",
    "ßX, Ssx",
    "ǆA, ǅa",
    "'', ''",
    "éA, Éa",
    "1 Tree, 1 tree"
  })
  void capitalises(String text, String capitalised) {
    assertThat(PythonText.capitalize(text)).isEqualTo(capitalised);
  }

  @Test
  void prefixesDoNotCutCharacters() {
    assertThat(PythonText.prefix("a\ud83d\ude00b", 2)).isEqualTo("a\ud83d\ude00");
    assertThat(PythonText.prefix("ab", 4)).isEqualTo("ab");
  }

  @Test
  void stripsAtMost32FullStops() {
    assertThat(EvalAi.normalise("x" + ".".repeat(34))).isEqualTo("x..");
  }
}
