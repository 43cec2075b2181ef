package io.litoperator.worker.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.evaluate.task.EvaluationTask.Asking;
import io.litoperator.worker.evaluate.task.Tasks;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuestionsTest {
  private static final String WHOLE =
      "{\"id\":7,\"image\":\"a.png\",\"question\":\"Where?\",\"answer\":\"top\",\"kind\":\"where\"}";

  private static final Asking ANY = asking("visualContribution");

  @TempDir Path folder;

  @Test
  void readsEveryFieldAndPassesOverBlankLines() throws IOException {
    Path file =
        file(
            WHOLE
                + "\n\n"
                + "{\"image\":\"b.png\",\"question\":\"Describe.\",\"answer\":\"an apple\","
                + "\"objects\":[\"apple\"],\"note\":1}\n");

    assertThat(Questions.read(file, ANY))
        .containsExactly(
            new Question("7", "a.png", "Where?", "top", Optional.of("where"), List.of()),
            new Question(
                "3", "b.png", "Describe.", "an apple", Optional.empty(), List.of("apple")));
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"image\": | is not valid JSON",
        "{} {} | is not valid JSON",
        "[1] | must be a JSON object",
        "{\"question\":\"q\",\"answer\":\"a\"} | must have text in field image",
        "{\"image\":\"i\",\"question\":\"q\",\"answer\":5} | must have text in field answer",
        "{\"image\":\"i\",\"question\":\" \",\"answer\":\"a\"} | must have text in field question",
        "{\"image\":\"i\",\"question\":\"q\",\"answer\":\"a\",\"kind\":1} | must have text in field kind",
        "{\"image\":\"i\",\"question\":\"q\",\"answer\":\"a\",\"objects\":\"x\"} | must have an array",
        "{\"image\":\"i\",\"question\":\"q\",\"answer\":\"a\",\"objects\":[1]} | must have only names"
      })
  void namesTheLineThatCannotBeUsed(String line, String message) throws IOException {
    Path file = file(WHOLE + "\n" + line + "\n");

    assertThatThrownBy(() -> Questions.read(file, ANY))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.BAD_DATA))
        .hasMessageStartingWith(file + ": line 2 " + message);
  }

  @Test
  void refusesAQuestionThatTheBenchmarkNumbersOnceAndTheFileTwice() throws IOException {
    String line =
        "{\"id\":\"VD/chart/0/1/0\",\"image\":\"a.png\",\"question\":\"Is it?\",\"answer\":\"yes\"}\n";
    Path file = file(line + line);

    assertThatThrownBy(() -> Questions.read(file, asking("hallusionbench")))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.BAD_DATA))
        .hasMessage(file + " holds question VD/chart/0/1/0 twice; keep one of them.");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "pope, must have yes or no in field answer",
    "chair, must name the pictured objects in field objects"
  })
  void refusesQuestionsThatTheMetricCannotScore(String task, String message) throws IOException {
    Path file = file(WHOLE);

    assertThatThrownBy(() -> Questions.read(file, asking(task)))
        .hasMessage(file + ": line 1 " + message + ".");
  }

  @Test
  void answersNeedAKind() throws IOException {
    Path file = file("{\"image\":\"i\",\"question\":\"q\",\"answer\":\"a\"}");

    assertThatThrownBy(() -> Questions.read(file, asking("answers")))
        .hasMessageContaining("line 1 must have text in field kind");
  }

  @Test
  void refusesAFileWithoutQuestions() throws IOException {
    Path file = file("\n");

    assertThatThrownBy(() -> Questions.read(file, ANY)).hasMessage(file + " holds no questions.");
  }

  @Test
  void refusesTextThatIsNotUtf8() throws IOException {
    Path file = Files.write(folder.resolve("latin.jsonl"), new byte[] {'{', (byte) 0xe9, '\n'});

    assertThatThrownBy(() -> Questions.read(file, ANY)).hasMessageContaining("is not UTF-8 text");
  }

  @Test
  void namesTheMissingFile() {
    Path file = folder.resolve("none.jsonl");

    assertThatThrownBy(() -> Questions.read(file, ANY))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INPUT_MISSING))
        .hasMessageContaining(file.toString());
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("questions.jsonl"), text);
  }

  private static Asking asking(String task) {
    return (Asking) Tasks.of(task);
  }
}
