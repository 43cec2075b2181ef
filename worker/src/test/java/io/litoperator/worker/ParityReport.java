package io.litoperator.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Writes what {@link Parity} has measured when all tests are done: to {@code target/parity.md}, and
 * with {@code -Dlit.parity=write} to {@code docs/parity.md}.
 *
 * <p>Errors are rounded up to a power of ten, so that another machine's last bits do not change the
 * file.
 */
public final class ParityReport implements BeforeAllCallback {
  static final Path DOCS = Path.of("../docs/parity.md");
  private static final Path TARGET = Path.of("target/parity.md");

  /**
   * Fixtures that are met exactly.
   *
   * @param test the class that compares
   */
  record Exact(String fixtures, String what, String test) {}

  static final List<Exact> EXACT =
      List.of(
          new Exact(
              "generate", "greedy continuations, alone and in a batch", "model.InferenceTest"),
          new Exact("steps/schedule.json", "learning rates, within 1e-9", "train.ScheduleTest"),
          new Exact("images", "pixels, bit by bit, of PNG", "data.image.ImageProcessorTest"),
          new Exact("images, `anyres`", "views, bit by bit", "data.image.AnyresTest"),
          new Exact("images/anyres_sizes.json", "sizes and tokens", "data.image.AnyresTest"),
          new Exact("tokenizers", "ids and offsets", "data.tokens.TokenizerTest"),
          new Exact("labels", "prompts, ids and labels", "data.labels.LabelFixturesTest"),
          new Exact("metrics", "scores, means within 1e-9", "evaluate.metric.MetricParityTest"));

  @Override
  public void beforeAll(ExtensionContext context) {
    context
        .getRoot()
        .getStore(Namespace.GLOBAL)
        .getOrComputeIfAbsent(
            ParityReport.class, key -> (AutoCloseable) ParityReport::write, Object.class);
  }

  private static void write() throws IOException {
    String text = text();
    Files.createDirectories(TARGET.getParent());
    Files.writeString(TARGET, text);
    if ("write".equals(System.getProperty("lit.parity"))) {
      Files.writeString(DOCS, text);
    }
  }

  static String text() {
    List<String> models =
        Stream.of(Parity.values())
            .flatMap(parity -> parity.worst().keySet().stream())
            .collect(Collectors.toCollection(TreeSet::new))
            .stream()
            .toList();
    StringBuilder text =
        new StringBuilder(
            """
            # Parity with the references

            Tests compare the worker with transformers 4.49 and torch 2.7.1, in fp32 on a CPU, on the fixtures in `worker/src/test/resources/fixtures`. `-Dlit.fixtures=DIR` takes another set of the same layout, of any shapes. `next-mistral` was added as [Development](development.md#adding-a-decoder) tells. This table is written by

                mvn -pl worker -am test -Dtest='StepTest,InferenceTest' -Dlit.parity=write -Dsurefire.failIfNoSpecifiedTests=false

            and shows for each model the worst error that was seen, rounded up to a power of ten; a test fails where an error is above its tolerance, and where this table lacks a quantity.

            """);
    text.append(row("of `steps`", "error", "tolerance", models));
    text.append("|---|---|---|").append("---|".repeat(models.size())).append('\n');
    for (Parity parity : Parity.values()) {
      Map<String, Double> worst = parity.worst();
      List<String> errors =
          models.stream()
              .map(model -> worst.containsKey(model) ? rounded(worst.get(model)) : "")
              .toList();
      text.append(row(parity.quantity, parity.measure.label, number(parity.tolerance), errors));
    }
    text.append("\nThese are equal:\n\n| fixtures | | compared by |\n|---|---|---|\n");
    for (Exact exact : EXACT) {
      text.append("| %s | %s | `%s` |%n".formatted(exact.fixtures(), exact.what(), exact.test()));
    }
    return text.toString();
  }

  private static String row(String first, String second, String third, List<String> rest) {
    return Stream.concat(Stream.of(first, second, third), rest.stream())
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  private static String rounded(double error) {
    return error == 0 ? "0" : number(Math.pow(10, Math.ceil(Math.log10(error))));
  }

  static String number(double value) {
    String text = "%.0e".formatted(value);
    return text.replace("e-0", "e-");
  }
}
