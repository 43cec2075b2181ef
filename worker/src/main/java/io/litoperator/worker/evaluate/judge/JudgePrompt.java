package io.litoperator.worker.evaluate.judge;

import io.litoperator.worker.digest.Sha256;
import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a judge is asked, with places for {@code {question}}, its reference {@code {answer}}, the
 * model's {@code {prediction}} and the picture's {@code {contents}}.
 *
 * @param name tells it from others in a scorer's version
 */
public record JudgePrompt(String name, String text) {
  private static final Pattern PLACE = Pattern.compile("\\{([a-z]+)\\}");
  private static final Set<String> PLACES =
      new TreeSet<>(Set.of("question", "answer", "prediction", "contents"));
  private static final int DIGITS = 12;

  /**
   * A person's own, such as a benchmark's published one; named by its SHA-256.
   *
   * @throws Failure as of {@link ExitCode#ofReading}, or INVALID, naming the file
   */
  public static JudgePrompt read(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.ofReading(file, e),
          "The judge's prompt %s cannot be read as UTF-8: %s.".formatted(file, e.getMessage()),
          e);
    }
    Set<String> found = new TreeSet<>();
    PLACE.matcher(text).results().forEach(place -> found.add(place.group(1)));
    if (!found.contains("prediction") || !PLACES.containsAll(found)) {
      throw new Failure(
          ExitCode.INVALID,
          "The judge's prompt %s has places for %s; it must have {prediction}, and may have no others than %s."
              .formatted(file, found.isEmpty() ? "nothing" : braced(found), braced(PLACES)));
    }
    return new JudgePrompt("prompt-" + Sha256.of(text).substring(0, DIGITS), text);
  }

  private static String braced(Set<String> places) {
    return "{" + String.join("}, {", places) + "}";
  }

  /** What is asked about an answer. */
  String about(Answered pair) {
    Question question = pair.question();
    Map<String, String> values =
        Map.of(
            "question",
            question.question(),
            "answer",
            question.answer(),
            "prediction",
            pair.prediction(),
            "contents",
            question.objects().isEmpty() ? "not listed" : String.join(", ", question.objects()));
    return PLACE
        .matcher(text)
        .replaceAll(place -> Matcher.quoteReplacement(values.get(place.group(1))));
  }
}
