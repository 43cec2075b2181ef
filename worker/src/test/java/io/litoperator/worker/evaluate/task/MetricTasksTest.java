package io.litoperator.worker.evaluate.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.api.job.Limits;
import io.litoperator.api.job.Venue;
import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.Questions;
import io.litoperator.worker.evaluate.task.EvaluationTask.Asking;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MetricTasksTest {
  private static final String SHORT = "\nAnswer the question using a single word or phrase.";
  private static final String LETTER =
      "\nAnswer with the option's letter from the given choices directly";

  private static final List<String> CAPTION =
      List.of(
          "'answers':['A cat.','Cats.']", "Provide a one-sentence caption for the provided image.");

  @TempDir Path folder;

  static Stream<Arguments> wordings() {
    String choices = "'answer':'B','choices':['red','two words']";
    return Map.<String, List<String>>ofEntries(
            Map.entry("pope", List.of("'question':' is IT? ','answer':'yes'", " is IT? ")),
            Map.entry("vqav2", List.of("'question':'is IT?','answer':'a'", "is IT?" + SHORT)),
            Map.entry("textvqa", List.of("'question':'is IT?','answer':'a'", "Is it?" + SHORT)),
            Map.entry(
                "vizwiz",
                List.of(
                    "'question':'is IT?','answers':['a','b']",
                    "Is it?\nWhen the provided information is insufficient, respond with"
                        + " 'Unanswerable'."
                        + SHORT)),
            Map.entry(
                "scienceqa",
                List.of(
                    "'question':'Which?','context':'Read.'," + choices,
                    "Context: Read.\nWhich?\nA. red\nB. two words" + LETTER + ".")),
            Map.entry(
                "mme",
                List.of(
                    "'question':' Is it? Please answer yes or no.','answer':'No','kind':'OCR'",
                    "Is it?" + SHORT)),
            Map.entry(
                "mmstar",
                List.of(
                    "'question':'Which? A: x','answer':'A','kind':'math'", "Which? A: x" + LETTER)),
            Map.entry(
                "mmmu",
                List.of(
                    "'question':'Which?'," + choices,
                    "Which?\nA. red\nB. two words\n" + LETTER + ".")),
            Map.entry(
                "chartqa",
                List.of(
                    "'question':'How many?','answer':'5'",
                    "How many?\nAnswer the question with a single word.")),
            Map.entry("docvqa", List.of("'question':'is IT?','answer':'a'", "is IT?" + SHORT)),
            Map.entry("coco2017", CAPTION),
            Map.entry("flickr30k", CAPTION),
            Map.entry("textcaps", CAPTION))
        .entrySet()
        .stream()
        .map(e -> Arguments.of(e.getKey(), e.getValue().get(0), e.getValue().get(1)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wordings")
  void asksInTheTasksWords(String task, String fields, String words) throws IOException {
    assertThat(read(task, fields).question()).isEqualTo(words);
  }

  @Test
  void theFirstOfSeveralAnswersStandsForThemAll() throws IOException {
    Question question = read("textvqa", "'question':'Q','answers':['a','b']");

    assertThat(question.answer()).isEqualTo("a");
    assertThat(question.references().answers()).containsExactly("a", "b");
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "scienceqa | 'question':'Q','answer':'A' | must have choices",
        "scienceqa | 'question':'Q','answer':'C','choices':['x','y'] | must have choices",
        "mmmu | 'question':'Q','answer':'x','choices':['x','y'] | must have choices",
        "mme | 'question':'Q','answer':'yes','kind':'cats' | must have one of MME's 14 categories",
        "mme | 'question':'Q','answer':'maybe','kind':'OCR' | must have yes or no",
        "mmstar | 'question':'Q','answer':'AB','kind':'k' | must have one letter",
        "mmstar | 'question':'Q','answer':'A' | must have text in field kind",
        "ocrbench | 'question':'Q','answer':'A' | must have text in field kind",
        "gqa | 'answer':'A' | must have text in field question",
        "vqav2 | 'question':'Q' | must have text in field answer",
        "vqav2 | 'question':'Q','answers':'a' | must have an array of texts in field answers",
        "vqav2 | 'question':'Q','answers':[1] | must have only texts in field answers"
      })
  void refusesWhatItCannotAskOrScore(String task, String fields, String message) {
    assertThatThrownBy(() -> read(task, fields)).hasMessageContaining("line 1 " + message);
  }

  @Test
  void refusesTasksThatDoNotExist() {
    assertThatThrownBy(() -> Tasks.of("none"))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INVALID));
  }

  @Test
  void jobsMayHaveEveryTask() {
    assertThat(Tasks.names()).noneMatch(MetricTasksTest::isRefused);
  }

  @Test
  void everyScorerTellsItsVersion() {
    assertThat(Tasks.names()).allSatisfy(name -> assertThat(Tasks.of(name).scorer()).contains("-"));
  }

  private static boolean isRefused(String task) {
    ObjectNode job = JsonNodeFactory.instance.objectNode();
    job.putObject("spec").putObject("evaluate").putArray("tasks").addObject().put("name", task);
    return !Limits.problems(job, Venue.MACHINE).isEmpty();
  }

  private Question read(String task, String fields) throws IOException {
    String line = "{'image':'a.png',%s}".formatted(fields).replace('\'', '"');
    Path file = Files.writeString(folder.resolve("questions.jsonl"), line);
    return Questions.read(file, (Asking) Tasks.of(task)).get(0);
  }
}
