package io.litoperator.worker.evaluate.published;

import io.litoperator.worker.evaluate.QuestionRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A list of texts as Python prints it, which MMMU holds in place of a list. */
final class PythonList {
  private static final Pattern TEXT =
      Pattern.compile("\\G\\s*(?:'((?:[^'\\\\]|\\\\.)*+)'|\"((?:[^\"\\\\]|\\\\.)*+)\")\\s*(?:,|$)");
  private static final Pattern ESCAPE = Pattern.compile("\\\\(.)", Pattern.DOTALL);

  private PythonList() {}

  /**
   * @throws io.litoperator.worker.failure.Failure BAD_DATA if the field is not such a list
   */
  static List<String> of(QuestionRecord record, String field) {
    String text = record.text(field).strip();
    if (!text.startsWith("[") || !text.endsWith("]")) {
      throw record.refuse("must have a list of texts in field " + field);
    }
    String inside = text.substring(1, text.length() - 1);
    List<String> texts = new ArrayList<>();
    Matcher found = TEXT.matcher(inside);
    int end = 0;
    while (found.find()) {
      texts.add(unescaped(found.group(1) != null ? found.group(1) : found.group(2)));
      end = found.end();
    }
    if (!inside.substring(end).isBlank()) {
      throw record.refuse("must have a list of texts in field " + field);
    }
    return texts;
  }

  private static String unescaped(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    switch (found.group(1)) {
                      case "n" -> "\n";
                      case "t" -> "\t";
                      case "\\", "'", "\"" -> found.group(1);
                      default -> found.group();
                    }));
  }
}
