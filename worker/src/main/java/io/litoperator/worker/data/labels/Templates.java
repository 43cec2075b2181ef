package io.litoperator.worker.data.labels;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * The paper's lists of task templates: sentences so frequent in the training set that they tell
 * nothing about the picture.
 */
public final class Templates {
  private Templates() {}

  /** Table 5, mined from LLaVA-1.5's data: 10 templates. */
  public static List<String> paper() {
    return list("table5");
  }

  /** Table 6, mined from LLaVA-NeXT's data: 86 templates. */
  public static List<String> paperLlavaNext() {
    return list("table6");
  }

  /**
   * A list by the name that jobs give it.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static List<String> builtin(String name) {
    return switch (name) {
      case "paper" -> paper();
      case "paper-llava-next" -> paperLlavaNext();
      default -> throw new IllegalArgumentException("no list of templates is called " + name);
    };
  }

  /** The paper prints ’ where the data has '. */
  static String straightQuotes(String text) {
    return text.replace('’', '\'');
  }

  private static List<String> list(String table) {
    try (InputStream in = Templates.class.getResourceAsStream("templates.json")) {
      Map<String, List<String>> tables = new ObjectMapper().readValue(in, new TypeReference<>() {});
      return tables.get(table).stream().map(Templates::straightQuotes).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("templates.json in this program", e);
    }
  }
}
