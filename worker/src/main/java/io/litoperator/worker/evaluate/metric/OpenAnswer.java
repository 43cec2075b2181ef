package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.evaluate.text.PythonText;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.OptionalDouble;

/** What an open answer of MMMU may say: a number or a text. */
sealed interface OpenAnswer {

  /** Rounded to two decimals. */
  record Number(double value) implements OpenAnswer {}

  /** In lower case. */
  record Text(String text) implements OpenAnswer {}

  /**
   * A text as it is compared ({@code normalize_str} of lmms-eval): a number if it is one, else
   * lower case; a single character with a blank before or after it, so that few texts hold it.
   */
  static List<OpenAnswer> of(String text) {
    String stripped = PythonText.strip(text);
    OptionalDouble number = PythonText.number(stripped.replace(",", ""));
    if (number.isPresent()) {
      return List.of(new Number(rounded(number.getAsDouble())));
    }
    String lower = PythonText.lower(stripped);
    return PythonText.length(lower) == 1
        ? List.of(new Text(" " + lower), new Text(lower + " "))
        : List.of(new Text(lower));
  }

  private static double rounded(double number) {
    return Double.isFinite(number)
        ? new BigDecimal(number).setScale(2, RoundingMode.HALF_EVEN).doubleValue()
        : number;
  }

  /** Whether this, said, holds what is right: a text by part of it, a number by its value. */
  default boolean holds(OpenAnswer right) {
    if (this instanceof Number said) {
      return right instanceof Number number && said.value() == number.value();
    }
    return this instanceof Text said
        && right instanceof Text text
        && said.text().contains(text.text());
  }
}
