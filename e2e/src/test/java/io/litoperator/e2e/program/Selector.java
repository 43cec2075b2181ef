package io.litoperator.e2e.program;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a PromQL expression selects series by. Every word that is neither called, nor an operator,
 * nor a label is taken for a metric, so that none goes unseen; this reads the expressions of our
 * files and not any.
 *
 * @param matchers by label, the value or regular expression
 * @param grown whether it is asked by how much it grew over a time, as of counters
 */
record Selector(String name, Map<String, String> matchers, boolean grown) {
  private static final Pattern LABELS =
      Pattern.compile("\\b(?:by|without|on|ignoring)\\s*\\(([^)]*)\\)");
  private static final Pattern WORD =
      Pattern.compile("\\b([a-zA-Z_:][\\w:]*)(\\s*\\()?(?:\\{([^}]*)})?(\\[[^\\]]*])?");
  private static final Pattern MATCHER =
      Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"([^\"]*)\"");
  private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool", "offset");

  static List<Selector> all(String expression) {
    List<Selector> selectors = new ArrayList<>();
    String words = LABELS.matcher(expression).replaceAll(" ");
    Matcher word = WORD.matcher(words);
    while (word.find()) {
      boolean called = word.group(2) != null;
      if (!called && !OPERATORS.contains(word.group(1))) {
        boolean gauge = words.substring(0, word.start()).endsWith("_over_time(");
        selectors.add(
            new Selector(word.group(1), matchers(word.group(3)), word.group(4) != null && !gauge));
      }
    }
    return selectors;
  }

  /** Labels that an expression groups by. */
  static Set<String> grouping(String expression) {
    return LABELS
        .matcher(expression)
        .results()
        .flatMap(match -> Stream.of(match.group(1).split("\\s*,\\s*")))
        .collect(Collectors.toSet());
  }

  private static Map<String, String> matchers(String text) {
    Map<String, String> matchers = new LinkedHashMap<>();
    if (text != null) {
      MATCHER
          .matcher(text)
          .results()
          .forEach(match -> matchers.put(match.group(1), match.group(2)));
    }
    return matchers;
  }
}
