package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.text.EditDistance;
import io.litoperator.worker.evaluate.text.PythonText;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** How the references compare short answers; sources are functions of lmms-eval. */
final class Gradings {
  private static final Pattern PUNCTUATION = Pattern.compile("[!-/:-@\\[-`{-~]");
  private static final double RELATIVE_TOLERANCE = 0.05;
  private static final double LEAST_SIMILARITY = 0.5;
  private static final String FORMULAS = "HME100k";

  private Gradings() {}

  /** Equal but for case, blanks around and one final full stop. */
  static double same(String said, Question question) {
    return grade(AnswerText.same(said, question.answer()));
  }

  /** Equal in lower case and without ASCII punctuation ({@code exact_match_hf_evaluate}, GQA). */
  static double withoutPunctuation(String said, Question question) {
    return grade(bare(said).equals(bare(question.answer())));
  }

  private static String bare(String text) {
    return PUNCTUATION.matcher(PythonText.lower(text)).replaceAll("");
  }

  /**
   * The right letter alone, or, as a capital, before a full stop ({@code sqa_process_results},
   * ScienceQA).
   */
  static double letter(String said, Question question) {
    String right = PythonText.lower(question.answer());
    boolean isOption =
        said.length() >= 2
            && Character.isUpperCase(said.charAt(0))
            && said.charAt(1) == '.'
            && PythonText.lower(said.substring(0, 1)).equals(right);
    return grade(PythonText.lower(said).equals(right) || isOption);
  }

  /**
   * The right letter first, also after {@code (}, {@code option} or {@code the answer is} ({@code
   * exact_match}, MMStar of January 2025). "Apple" is A to it.
   */
  static double leadingLetter(String said, Question question) {
    String right = PythonText.strip(PythonText.lower(question.answer()));
    String text = PythonText.lower(said).replace('\n', ' ');
    return grade(
        text.startsWith(right)
            || text.startsWith("(" + right)
            || text.startsWith("option " + right)
            || text.startsWith("the answer is " + right));
  }

  /**
   * Numbers within 5 % of the right one, a percentage being a fraction; other texts, and 0, equal
   * but for case ({@code relaxed_correctness}, ChartQA).
   */
  static double relaxed(String said, Question question) {
    OptionalDouble number = fraction(said);
    OptionalDouble right = fraction(question.answer());
    if (number.isEmpty() || right.isEmpty() || right.getAsDouble() == 0) {
      return grade(PythonText.lower(said).equals(PythonText.lower(question.answer())));
    }
    double change =
        Math.abs(number.getAsDouble() - right.getAsDouble()) / Math.abs(right.getAsDouble());
    return grade(change <= RELATIVE_TOLERANCE);
  }

  private static OptionalDouble fraction(String text) {
    if (!text.endsWith("%")) {
      return PythonText.number(text);
    }
    OptionalDouble percent = PythonText.number(text.replaceFirst("%+$", ""));
    return percent.isPresent() ? OptionalDouble.of(percent.getAsDouble() / 100) : percent;
  }

  /**
   * Normalised similarity to the nearest right answer, 0 below a half ({@code anls}, DocVQA). As
   * upstream, distances are of texts with single blanks, lengths of texts as they are.
   */
  static double similarity(String said, Question question) {
    double nearest =
        question.references().answers().stream()
            .mapToDouble(answer -> distance(answer, said))
            .min()
            .orElseThrow();
    double similarity = 1 - nearest;
    return similarity < LEAST_SIMILARITY ? 0 : similarity;
  }

  private static double distance(String answer, String said) {
    int longer = Math.max(upperLength(answer), upperLength(said));
    return longer == 0
        ? 0
        : (double) EditDistance.of(singleBlanks(answer), singleBlanks(said)) / longer;
  }

  private static int upperLength(String text) {
    return PythonText.length(text.toUpperCase(Locale.ROOT));
  }

  private static String singleBlanks(String text) {
    return String.join(" ", PythonText.split(PythonText.lower(text)));
  }

  /**
   * Whether a right answer is part of the text; formulas without blanks, all else in lower case and
   * with full-width ASCII as ASCII ({@code ocrbench_process_results}, OCRBench).
   */
  static double contains(String said, Question question) {
    boolean isFormula = question.references().dataset().equals(Optional.of(FORMULAS));
    String text = isFormula ? withoutBlanks(said) : oneLine(said);
    return grade(
        question.references().answers().stream()
            .map(answer -> isFormula ? withoutBlanks(answer) : oneLine(answer))
            .anyMatch(text::contains));
  }

  private static String withoutBlanks(String text) {
    return PythonText.strip(text).replace("\n", "").replace(" ", "");
  }

  private static String oneLine(String text) {
    return PythonText.strip(PythonText.lower(halfWidth(text))).replace('\n', ' ');
  }

  private static String halfWidth(String text) {
    return IntStream.range(0, text.length())
        .map(i -> text.charAt(i))
        .map(c -> c >= 0xff01 && c <= 0xff5e ? c - 0xfee0 : c == 0x3000 ? ' ' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  static double grade(boolean right) {
    return right ? 1 : 0;
  }
}
