package io.litoperator.worker.evaluate.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VocabularyTest {
  private static final Vocabulary VOCABULARY =
      new Vocabulary(
          List.of("cat", "dog", "hot dog", "bus", "glass", "glasses", "c++ (book)", "Ski Pole"));

  static Stream<Arguments> texts() {
    return Stream.of(
        Arguments.of("", List.of()),
        Arguments.of("a cat, a dog.", List.of("cat", "dog")),
        Arguments.of("CATS! Cats; cat", List.of("cat", "cat", "cat")),
        Arguments.of("a catalog of concatenated cat-like things", List.of()),
        Arguments.of("the cat's dog", List.of("cat", "dog")),
        Arguments.of("a hot dog and a hot cat", List.of("hot dog", "cat")),
        Arguments.of("hot\n dogs", List.of("hot dog")),
        Arguments.of("two buses", List.of("bus")),
        Arguments.of("glass, glasses", List.of("glass", "glasses")),
        Arguments.of("a c++ (book) on ski poles", List.of("c++ (book)", "ski pole")));
  }

  @ParameterizedTest(name = "''{0}''")
  @MethodSource("texts")
  void findsWholeNames(String text, List<String> mentions) {
    assertThat(VOCABULARY.mentions(text)).isEqualTo(mentions);
  }

  @Property(tries = 200)
  void findsEveryNameOfAList(
      @ForAll @NotEmpty @Size(max = 8)
          List<@AlphaChars @StringLength(min = 1, max = 6) String> words) {
    List<String> names = words.stream().map(word -> word.toLowerCase(Locale.ROOT)).toList();
    Vocabulary vocabulary = new Vocabulary(names);

    assertThat(vocabulary.mentions(String.join(", ", words))).isEqualTo(new ArrayList<>(names));
  }
}
