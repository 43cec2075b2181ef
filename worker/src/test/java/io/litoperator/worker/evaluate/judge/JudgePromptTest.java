package io.litoperator.worker.evaluate.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.task.EvaluationTask;
import io.litoperator.worker.evaluate.task.Tasks;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.EvaluationPlan.Task;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JudgePromptTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"hallusionbench", "mmhal"})
  void aPromptBesideTheQuestionsTakesThePlaceOfOurWords(String name) throws IOException {
    String own = judging(name).prompt(answered(List.of("cat", "$1 {answer}")));
    String scorer = Tasks.of(task(name)).scorer();
    Files.writeString(
        folder.resolve("judge.txt"),
        "Q{question} R{answer} P{prediction} C{contents} {}, {\"json\": 1} P{prediction}");

    assertThat(own).contains("How many?", "Two.", "A \\1 $1 pair.").doesNotContain("{question}");
    assertThat(scorer).endsWith("-own-words-1");
    assertThat(judging(name).prompt(answered(List.of("cat", "$1 {answer}"))))
        .isEqualTo(
            "QHow many? RTwo. PA \\1 $1 pair. Ccat, $1 {answer} {}, {\"json\": 1} PA \\1 $1 pair.");
    assertThat(judging(name).prompt(answered(List.of()))).contains("Cnot listed");
    assertThat(Tasks.of(task(name)).scorer())
        .startsWith(scorer.replace("own-words-1", "prompt-"))
        .matches(".*-prompt-[0-9a-f]{12}");
  }

  @Test
  void anotherPromptIsAnotherScorer() throws IOException {
    Files.writeString(folder.resolve("judge.txt"), "{prediction}");
    String one = Tasks.of(task("mmhal")).scorer();
    Files.writeString(folder.resolve("judge.txt"), "{prediction}!");

    assertThat(Tasks.of(task("mmhal")).scorer()).isNotEqualTo(one);
    assertThat(Tasks.of(task("pope")).scorer()).doesNotContain("prompt");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Rate it.                    | has places for nothing; it must have {prediction}",
        "{question} {answer}         | has places for {answer}, {question}; it must have",
        "{prediction} of {model}     | has places for {model}, {prediction}; it must have",
      })
  void aPromptThatCannotBeFilledIsRefused(String text, String said) throws IOException {
    Files.writeString(folder.resolve("judge.txt"), text);

    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> Tasks.of(task("mmhal")))
        .withMessageContaining(folder.resolve("judge.txt") + " " + said)
        .withMessageEndingWith(
            "may have no others than {answer}, {contents}, {prediction}, {question}.")
        .matches(failure -> failure.exitCode() == ExitCode.INVALID);
  }

  @Test
  void whatIsNoTextIsRefused() throws IOException {
    Files.write(folder.resolve("judge.txt"), "\u00e9".getBytes(StandardCharsets.ISO_8859_1));

    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> Tasks.of(task("mmhal")))
        .withMessageContaining("cannot be read as UTF-8")
        .matches(failure -> failure.exitCode() == ExitCode.BAD_DATA);
  }

  private Judging judging(String name) {
    return ((EvaluationTask.Judged) Tasks.of(task(name))).judging();
  }

  private Task task(String name) {
    return new Task(name, folder.resolve("questions.jsonl"), folder, 8);
  }

  private static Answered answered(List<String> contents) {
    return new Answered(
        new Question(
            "VD/math/0/0/0",
            List.of(),
            "How many?",
            "Two.",
            Optional.of("counting"),
            contents,
            new Question.References(
                List.of("Two."), List.of(), Optional.empty(), Optional.empty())),
        "A \\1 $1 pair.");
  }
}
