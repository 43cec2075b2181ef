package io.litoperator.worker.evaluate.metric;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the names of objects in text: whole words in any case, singular or with a plural's s or es.
 * At each place the longest name counts, so that a hot dog is not a dog.
 */
final class Vocabulary {
  /** Letters, digits and hyphens make words, so that neither "catalog" nor "cat-like" is a cat. */
  private static final String WORD = "[\\p{L}\\p{N}-]";

  private final Pattern names;
  private final Map<String, String> singulars = new HashMap<>();

  Vocabulary(Collection<String> objects) {
    List<String> longestFirst =
        objects.stream()
            .map(Vocabulary::name)
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
    for (String name : longestFirst) {
      singulars.put(name + "s", name);
      singulars.put(name + "es", name);
    }
    // An object that reads like another's plural is itself.
    longestFirst.forEach(name -> singulars.put(name, name));
    String alternatives =
        longestFirst.stream()
            .map(name -> Pattern.quote(name).replace(" ", "\\E\\s+\\Q"))
            .collect(Collectors.joining("|"));
    names = Pattern.compile("(?<!%s)(?:%s)(?:e?s)?(?!%s)".formatted(WORD, alternatives, WORD));
  }

  /** An object's name as {@link #mentions} tells it: lower case, single blanks. */
  static String name(String object) {
    return AnswerText.lower(object).replaceAll("\\s+", " ");
  }

  /** Every mention, in order, with repetitions. */
  List<String> mentions(String text) {
    return names
        .matcher(AnswerText.lower(text))
        .results()
        .map(MatchResult::group)
        .map(match -> singulars.get(name(match)))
        .toList();
  }
}
