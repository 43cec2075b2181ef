package io.litoperator.worker.data.labels;

import io.litoperator.worker.data.annotations.Whitespace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds task templates in what a human says: case-sensitive, ’ as ', any white space for a space,
 * longer templates first, every occurrence, none over another. Within a template that has a gap,
 * what fills the gap is not part of it.
 */
final class TemplateMatcher {
  /** Table 6 leaves the genre out that the data has before the question mark. */
  private static final String GENRE = "Is this book related to?";

  private final List<Pattern> patterns;

  TemplateMatcher(List<String> templates) {
    this.patterns =
        templates.stream()
            .map(Templates::straightQuotes)
            .sorted(Comparator.comparingInt(TemplateMatcher::characters).reversed())
            .map(TemplateMatcher::pattern)
            .toList();
  }

  /** The spans of {@code said} that are templates, none overlapping another. */
  List<Span> find(String said) {
    String text = Templates.straightQuotes(said);
    List<Span> found = new ArrayList<>();
    for (Pattern pattern : patterns) {
      Matcher matcher = pattern.matcher(text);
      while (matcher.find()) {
        List<Span> parts = groups(matcher.toMatchResult());
        if (parts.stream().noneMatch(part -> found.stream().anyMatch(part::overlaps))) {
          found.addAll(parts);
        }
      }
    }
    return found;
  }

  private static int characters(String template) {
    return template.codePointCount(0, template.length());
  }

  private static Pattern pattern(String template) {
    if (template.equals(GENRE)) {
      return Pattern.compile(
          "(%s)(?:%s[^?\\n]*)?(\\?)"
              .formatted(words("Is this book related to"), Whitespace.CHARACTER));
    }
    return Pattern.compile("(" + words(template) + ")");
  }

  private static String words(String template) {
    return Stream.of(Whitespace.strip(template).split(Whitespace.RUN))
        .map(Pattern::quote)
        .collect(Collectors.joining(Whitespace.RUN));
  }

  private static List<Span> groups(MatchResult match) {
    return IntStream.rangeClosed(1, match.groupCount())
        .mapToObj(group -> new Span(match.start(group), match.end(group)))
        .toList();
  }
}
