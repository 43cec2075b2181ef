package io.litoperator.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.examples.quickstart.Entry.Probe;
import io.litoperator.examples.quickstart.Entry.Sample;
import io.litoperator.examples.quickstart.Entry.Turn;
import io.litoperator.examples.quickstart.Quickstart.Sizes;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class QuickstartTest {
  private static final Quickstart FULL = Quickstart.draw(Sizes.FULL, 42, Scenes.NAMES);

  @Test
  void hasTheSizesOfTheRecipe() {
    assertThat(FULL.pretrain()).hasSize(22_400);
    assertThat(FULL.finetune()).hasSize(1_500);
    assertThat(count(FULL.answers(), Probe::kind))
        .containsOnlyKeys("where", "color", "colorp", "whatat", "whaton", "count")
        .allSatisfy((kind, count) -> assertThat(count).isEqualTo(150));
    assertThat(count(FULL.pope(), Probe::kind)).isEqualTo(Map.of("exist", 450L));
    assertThat(count(FULL.chair(), Probe::kind)).isEqualTo(Map.of("caption", 300L));
  }

  @Test
  void sameSeedSameData() {
    Sizes sizes = new Sizes(50, 50, 5, 5, 5);
    Quickstart once = Quickstart.draw(sizes, 1, Scenes.NAMES);
    assertThat(Quickstart.draw(sizes, 1, Scenes.NAMES)).isEqualTo(once);
    assertThat(Quickstart.draw(sizes, 2, Scenes.NAMES).pretrain()).isNotEqualTo(once.pretrain());
  }

  @Test
  void showsNoSceneTwice() {
    List<Picture> pictures = FULL.pictures();
    assertThat(pictures).hasSize(25_550);
    assertThat(pictures.stream().map(Picture::scene).distinct()).hasSize(25_550);
    assertThat(pictures.stream().map(Picture::path).distinct()).hasSize(25_550);
    assertThat(pictures.stream().map(Picture::seed).distinct()).hasSize(25_550);
  }

  @Test
  void pretrainSamplesAreOneCaption() {
    assertThat(FULL.pretrain())
        .allSatisfy(
            sample -> {
              assertThat(sample.conversations())
                  .extracting(Turn::from)
                  .containsExactly("human", "gpt");
              assertThat(sample.conversations().get(0).value()).isEqualTo("<image>");
            });
  }

  @Test
  void conversationsHaveTheImageAndTheTemplateInTheirFirstTurn() {
    assertThat(FULL.finetune())
        .allSatisfy(
            sample -> {
              assertThat(sample.conversations())
                  .extracting(Turn::from)
                  .containsExactly("human", "gpt", "human", "gpt", "human", "gpt", "human", "gpt");
              assertThat(questions(sample).get(0)).startsWith("<image>\n").endsWith(ending(sample));
              assertThat(questions(sample).subList(1, 4))
                  .noneMatch(
                      text -> text.contains("<image>") || text.contains(Grammar.SINGLE_WORD));
            });
  }

  private static String ending(Sample sample) {
    boolean caption = questions(sample).get(0).contains(Grammar.CAPTION);
    return caption ? "\n" + Grammar.CAPTION : "?\n" + Grammar.SINGLE_WORD;
  }

  @Test
  void kindsAreDrawnByTheirWeights() {
    Map<Kind, Long> counts =
        count(FULL.finetune().stream().flatMap(s -> questions(s).stream()).toList(), this::kind);
    double weights = Stream.of(Kind.values()).mapToDouble(Kind::weight).sum();
    for (Kind kind : Kind.values()) {
      double share = kind.weight() / weights;
      double deviation = Math.sqrt(share * (1 - share) / 6_000);
      assertThat(counts.getOrDefault(kind, 0L) / 6_000.0)
          .as(kind.label())
          .isBetween(share - 4 * deviation, share + 4 * deviation);
    }
  }

  private Kind kind(String question) {
    String what = question.replaceAll("(?s).* the (\\S+) thing\\?.*", "$1");
    boolean color = Stream.of(Color.values()).anyMatch(c -> c.word().equals(what));
    if (question.contains("What is the ")) {
      return color ? Kind.WHATON : Kind.WHATAT;
    }
    Map<String, Kind> starts =
        Map.of(
            "Where is ",
            Kind.WHERE,
            "What color ",
            Kind.COLOR,
            "How many ",
            Kind.COUNT,
            "Is there ",
            Kind.EXIST,
            Grammar.CAPTION,
            Kind.CAPTION);
    return starts.entrySet().stream()
        .filter(start -> question.contains(start.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void evaluationAsksAsTrainingOpensAndMentionsNothing() {
    assertThat(Stream.of(FULL.answers(), FULL.pope()).flatMap(List::stream))
        .allSatisfy(
            probe -> {
              assertThat(probe.question())
                  .endsWith("?\n" + Grammar.SINGLE_WORD)
                  .doesNotContain("I see", "<image>");
              assertThat(probe.objects()).isEmpty();
            });
    assertThat(FULL.chair())
        .allSatisfy(
            probe -> {
              assertThat(probe.question()).isEqualTo(Grammar.CAPTION);
              assertThat(probe.objects()).isEqualTo(probe.picture().scene().names());
              assertThat(probe.answer()).contains(probe.objects());
            });
    assertThat(count(FULL.pope(), Probe::answer).get("yes")).isBetween(182L, 268L);
  }

  private static List<String> questions(Sample sample) {
    return sample.conversations().stream()
        .filter(turn -> turn.from().equals("human"))
        .map(Turn::value)
        .toList();
  }

  private static <T, K> Map<K, Long> count(Collection<T> values, Function<T, K> key) {
    return values.stream().collect(Collectors.groupingBy(key, Collectors.counting()));
  }
}
