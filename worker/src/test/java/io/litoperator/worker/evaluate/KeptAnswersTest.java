package io.litoperator.worker.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.evaluate.KeptAnswers.Earlier;
import io.litoperator.worker.evaluate.Question.References;
import io.litoperator.worker.plan.EvaluationPlan.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptAnswersTest {
  private static final Task POPE = task("pope", 8);

  @TempDir Path folder;

  private static Task task(String name, int maxNewTokens) {
    return new Task(name, Path.of("data"), Path.of("data"), maxNewTokens);
  }

  /** Four questions about the picture {@code i}. */
  private TaskData questions(String words) {
    return questions(words, Optional.empty());
  }

  private TaskData questions(String words, Optional<Region> region) {
    References references =
        new References(List.of("a"), List.of(), Optional.empty(), Optional.empty(), region);
    return TaskData.of(
        IntStream.range(0, 4)
            .mapToObj(
                i ->
                    new Question(
                        i + "",
                        List.of("i"),
                        words + i,
                        "a",
                        Optional.empty(),
                        List.of(),
                        references))
            .toList(),
        folder);
  }

  private Map<Integer, String> read(Task task, TaskData data) {
    return of(5).read(task, data).byQuestion();
  }

  private KeptAnswers of(int rank) {
    return new KeptAnswers(Optional.of(folder), rank);
  }

  @Test
  void readsTheAnswersOfAllRanks() {
    of(0).add(POPE, questions("x"), Map.of(0, "yes", 2, "a\nb"));
    of(1).add(POPE, questions("x"), Map.of(3, "no"));
    of(1).add(task("gqa", 8), questions("x"), Map.of(1, "other"));

    assertThat(read(POPE, questions("x"))).isEqualTo(Map.of(0, "yes", 2, "a\nb", 3, "no"));
  }

  @Test
  void passesOverALineThatACrashHasCut() throws IOException {
    of(0).add(POPE, questions("x"), Map.of(0, "yes"));
    Files.writeString(
        folder.resolve("pope.rank-0.jsonl"), "{\"index\":1,\"id\"", StandardOpenOption.APPEND);

    assertThat(read(POPE, questions("x"))).isEqualTo(Map.of(0, "yes"));
    of(0).add(POPE, questions("x"), Map.of(1, "no"));
    assertThat(read(POPE, questions("x"))).isEqualTo(Map.of(0, "yes", 1, "no"));
  }

  @Test
  void passesOverALetterThatACrashHasCut() throws IOException {
    of(0).add(POPE, questions("x"), Map.of(0, "yes"));
    byte[] cut = {'"', (byte) 0xe2, (byte) 0x82};
    Files.write(folder.resolve("pope.rank-0.jsonl"), cut, StandardOpenOption.APPEND);

    of(0).add(POPE, questions("x"), Map.of(1, "5 €"));
    assertThat(read(POPE, questions("x"))).isEqualTo(Map.of(0, "yes", 1, "5 €"));
  }

  @Test
  void takesAnAnswerWhereverItsQuestionStandsNow() {
    of(0).add(POPE, questions("x"), Map.of(0, "yes", 3, "no"));
    List<Question> turned = new ArrayList<>(questions("x").questions());
    Collections.reverse(turned);

    assertThat(read(POPE, TaskData.of(turned, folder))).isEqualTo(Map.of(0, "no", 3, "yes"));
  }

  @Test
  void takesNoAnswersToWhatIsAskedOtherwiseNow() throws IOException {
    Files.writeString(folder.resolve("i"), "a picture");
    of(0).add(POPE, questions("x"), Map.of(0, "yes", 1, "no"));
    Optional<Region> region = Optional.of(new Region.Box(1, 2, 3, 4));

    assertThat(of(0).read(POPE, questions("y"))).isEqualTo(new Earlier(Map.of(), 2));
    assertThat(of(0).read(POPE, questions("x", region))).isEqualTo(new Earlier(Map.of(), 2));
    assertThat(of(0).read(task("pope", 9), questions("x"))).isEqualTo(new Earlier(Map.of(), 2));
    Files.writeString(folder.resolve("i"), "another picture");
    assertThat(of(0).read(POPE, questions("x"))).isEqualTo(new Earlier(Map.of(), 2));
    Files.writeString(folder.resolve("i"), "a picture");
    assertThat(of(0).read(POPE, questions("x")))
        .isEqualTo(new Earlier(Map.of(0, "yes", 1, "no"), 0));
  }

  @Test
  void keepsNothingWithoutAFolder() {
    KeptAnswers.none().add(POPE, questions("x"), Map.of(0, "yes"));

    assertThat(KeptAnswers.none().read(POPE, questions("x")).byQuestion()).isEmpty();
  }
}
