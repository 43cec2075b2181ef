package io.litoperator.worker.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.EvaluationPlan.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

  private static List<Question> questions(String prefix) {
    return IntStream.range(0, 4)
        .mapToObj(i -> new Question(prefix + i, "i", "q", "a", Optional.empty(), List.of()))
        .toList();
  }

  private KeptAnswers of(int rank) {
    return new KeptAnswers(Optional.of(folder), rank);
  }

  @Test
  void readsTheAnswersOfAllRanks() {
    of(0).add(POPE, questions("x"), Map.of(0, "yes", 2, "a\nb"));
    of(1).add(POPE, questions("x"), Map.of(3, "no"));
    of(1).add(task("gqa", 8), questions("x"), Map.of(1, "other"));

    assertThat(of(5).read(POPE, questions("x"))).isEqualTo(Map.of(0, "yes", 2, "a\nb", 3, "no"));
  }

  @Test
  void passesOverALineThatACrashHasCut() throws IOException {
    of(0).add(POPE, questions("x"), Map.of(0, "yes"));
    Files.writeString(
        folder.resolve("pope.rank-0.jsonl"), "{\"index\":1,\"id\"", StandardOpenOption.APPEND);

    assertThat(of(0).read(POPE, questions("x"))).isEqualTo(Map.of(0, "yes"));
    of(0).add(POPE, questions("x"), Map.of(1, "no"));
    assertThat(of(0).read(POPE, questions("x"))).isEqualTo(Map.of(0, "yes", 1, "no"));
  }

  @Test
  void passesOverALetterThatACrashHasCut() throws IOException {
    of(0).add(POPE, questions("x"), Map.of(0, "yes"));
    byte[] cut = {'"', (byte) 0xe2, (byte) 0x82};
    Files.write(folder.resolve("pope.rank-0.jsonl"), cut, StandardOpenOption.APPEND);

    of(0).add(POPE, questions("x"), Map.of(1, "5 €"));
    assertThat(of(0).read(POPE, questions("x"))).isEqualTo(Map.of(0, "yes", 1, "5 €"));
  }

  @Test
  void refusesAnswersToOtherQuestions() {
    of(0).add(POPE, questions("x"), Map.of(0, "yes"));

    assertThatThrownBy(() -> of(0).read(POPE, questions("y")))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("has answers to other questions");
  }

  @Test
  void refusesAnswersOfAnotherLength() {
    of(0).add(POPE, questions("x"), Map.of(0, "yes"));

    assertThatThrownBy(() -> of(0).read(task("pope", 9), questions("x")))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("has answers of at most 8 tokens, not 9");
  }

  @Test
  void keepsNothingWithoutAFolder() {
    KeptAnswers.none().add(POPE, questions("x"), Map.of(0, "yes"));

    assertThat(KeptAnswers.none().read(POPE, questions("x"))).isEmpty();
  }
}
