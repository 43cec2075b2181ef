package io.litoperator.worker.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.Failure;
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
  @TempDir Path folder;

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
    of(0).add("pope", questions("x"), Map.of(0, "yes", 2, "a\nb"));
    of(1).add("pope", questions("x"), Map.of(3, "no"));
    of(1).add("gqa", questions("x"), Map.of(1, "other"));

    assertThat(of(5).read("pope", questions("x"))).isEqualTo(Map.of(0, "yes", 2, "a\nb", 3, "no"));
  }

  @Test
  void passesOverALineThatACrashHasCut() throws IOException {
    of(0).add("pope", questions("x"), Map.of(0, "yes"));
    Files.writeString(
        folder.resolve("pope.rank-0.jsonl"), "{\"index\":1,\"id\"", StandardOpenOption.APPEND);

    assertThat(of(0).read("pope", questions("x"))).isEqualTo(Map.of(0, "yes"));
    of(0).add("pope", questions("x"), Map.of(1, "no"));
    assertThat(of(0).read("pope", questions("x"))).isEqualTo(Map.of(0, "yes", 1, "no"));
  }

  @Test
  void passesOverALetterThatACrashHasCut() throws IOException {
    of(0).add("pope", questions("x"), Map.of(0, "yes"));
    byte[] cut = {'"', (byte) 0xe2, (byte) 0x82};
    Files.write(folder.resolve("pope.rank-0.jsonl"), cut, StandardOpenOption.APPEND);

    of(0).add("pope", questions("x"), Map.of(1, "5 €"));
    assertThat(of(0).read("pope", questions("x"))).isEqualTo(Map.of(0, "yes", 1, "5 €"));
  }

  @Test
  void refusesAnswersToOtherQuestions() {
    of(0).add("pope", questions("x"), Map.of(0, "yes"));

    assertThatThrownBy(() -> of(0).read("pope", questions("y")))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("has answers to other questions");
  }

  @Test
  void keepsNothingWithoutAFolder() {
    KeptAnswers.none().add("pope", questions("x"), Map.of(0, "yes"));

    assertThat(KeptAnswers.none().read("pope", questions("x"))).isEmpty();
  }
}
