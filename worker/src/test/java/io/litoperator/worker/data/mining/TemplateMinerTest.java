package io.litoperator.worker.data.mining;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.data.labels.Templates;
import io.litoperator.worker.plan.MiningPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateMinerTest {
  private static List<MinedTemplate> mine(int minFrequency, List<String> said) {
    return TemplateMiner.mine(
        new MiningPlan(minFrequency, 3, MiningPlan.Unit.SENTENCES),
        visitor -> said.parallelStream().forEach(visitor));
  }

  /** Each template some 40 times among sentences that are all different. */
  @ParameterizedTest
  @ValueSource(strings = {"paper", "paper-llava-next"})
  void findsThePapersTemplatesWhereTheyArePlanted(String list) {
    List<String> templates = Templates.builtin(list);
    Random random = new Random(7);
    List<String> said = new ArrayList<>();
    for (String template : templates) {
      for (int i = 0; i < 40 + random.nextInt(5); i++) {
        said.add(planted(template, said.size(), random));
      }
    }
    for (int i = 0; i < 3000; i++) {
      said.add("What about the thing %d here? And is %d of them more?".formatted(i, i));
    }
    Collections.shuffle(said, random);
    assertThat(mine(40, said))
        .extracting(MinedTemplate::text)
        .containsExactlyInAnyOrderElementsOf(templates);
    assertThat(mine(45, said)).isEmpty();
  }

  /** As LLaVA's data has them: before, after or without other words, on lines of their own. */
  private static String planted(String template, int number, Random random) {
    String text = template.replace("image. Reference", "image.\nReference").replace('\'', '’');
    if (text.endsWith(":")) {
      return "<image>\n" + text + " token %d, other %d".formatted(number, number + 1);
    }
    return switch (random.nextInt(3)) {
      case 0 -> text;
      case 1 -> "<image>\nIs number %d in it?\n%s".formatted(number, text);
      default -> text + " And then number %d too.".formatted(number);
    };
  }

  @Property(tries = 200)
  void countsExactly(
      @ForAll @Size(max = 60) List<@IntRange(max = 8) Integer> sentences,
      @ForAll @IntRange(min = 1, max = 6) int least) {
    List<String> said = sentences.stream().map("It is number %d."::formatted).toList();
    Map<String, Long> counts = new HashMap<>();
    said.forEach(text -> counts.merge(text, 1L, Long::sum));
    counts.values().removeIf(count -> count < least);
    assertThat(mine(least, said).stream())
        .extracting(template -> Map.entry(template.text(), template.occurrences()))
        .containsExactlyInAnyOrderElementsOf(counts.entrySet());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 12})
  void ordersByFrequencyAndThenByText(int times) {
    List<String> said =
        IntStream.range(0, times)
            .boxed()
            .flatMap(i -> List.of("B is it? A is it?", "C is it? Too short.").stream())
            .collect(Collectors.toList());
    said.add("C is it?");
    assertThat(mine(1, said))
        .extracting(MinedTemplate::text)
        .containsExactly("C is it?", "A is it?", "B is it?");
  }
}
