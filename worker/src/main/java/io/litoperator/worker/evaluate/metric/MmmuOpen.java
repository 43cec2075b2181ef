package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.text.PythonText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The answers that an open answer of MMMU may give ({@code parse_open_response} of lmms-eval): of
 * each line the shortest tail after a word such as "is" or "therefore", or all of the text where no
 * line has one, and all numbers in them.
 */
final class MmmuOpen implements Reading<Set<OpenAnswer>> {
  private static final List<String> INDICATORS =
      List.of("could be ", "so ", "is ", "thus ", "therefore ", "final ", "answer ", "result ");
  private static final Set<String> TRIVIAL = Set.of(":", ",", ".", "!", "?", ";", "'");

  private static final List<Pattern> NUMBERS =
      List.of(
          number("-?\\b\\d{1,3}(?:,\\d{3})+\\b"),
          number("-?\\d+(?:\\.\\d+)?[eE][+-]?\\d+"),
          number("-?(?:\\d+\\.\\d+|\\.\\d+|\\d+\\b)(?![eE][+-]?\\d+)(?![,\\d])"));

  private static Pattern number(String regex) {
    return Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS);
  }

  @Override
  public Set<OpenAnswer> of(String prediction, Question question) {
    return of(prediction);
  }

  static Set<OpenAnswer> of(String prediction) {
    List<String> said = keyResponses(prediction);
    List<String> all = new ArrayList<>(said);
    for (String text : said) {
      for (Pattern number : NUMBERS) {
        number.matcher(text).results().map(MatchResult::group).forEach(all::add);
      }
    }
    Set<OpenAnswer> answers = new LinkedHashSet<>();
    all.forEach(text -> answers.addAll(OpenAnswer.of(text)));
    return answers;
  }

  private static List<String> keyResponses(String prediction) {
    String text = PythonText.lower(PythonText.strip(PythonText.strip(prediction), '.'));
    // The reference also splits before capitals, of which a text in lower case has none.
    List<String> lines = List.of(text.split("\n", -1));
    List<String> found = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      List<String> indicators = new ArrayList<>(INDICATORS);
      if (i == lines.size() - 1) {
        indicators.add("=");
      }
      String tail = shortestTail(lines.get(i), indicators);
      if (!tail.isEmpty() && !TRIVIAL.contains(tail)) {
        found.add(tail);
      }
    }
    return found.isEmpty() ? List.of(text) : found;
  }

  /** The shortest text after an indicator, the first of equals; empty only if all are. */
  private static String shortestTail(String line, List<String> indicators) {
    String shortest = "";
    for (String indicator : indicators) {
      int at = line.lastIndexOf(indicator);
      if (at >= 0) {
        String tail = PythonText.strip(line.substring(at + indicator.length()));
        if (shortest.isEmpty() || PythonText.length(tail) < PythonText.length(shortest)) {
          shortest = tail;
        }
      }
    }
    return shortest;
  }

  static double right(Set<OpenAnswer> said, Question question) {
    List<OpenAnswer> right =
        question.references().answers().stream()
            .flatMap(answer -> OpenAnswer.of(answer).stream())
            .toList();
    return Gradings.grade(said.stream().anyMatch(one -> right.stream().anyMatch(one::holds)));
  }
}
