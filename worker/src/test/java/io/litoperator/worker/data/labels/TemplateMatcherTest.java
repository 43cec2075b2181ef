package io.litoperator.worker.data.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateMatcherTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "every occurrence | a b. | a b. then a b. | a b.;a b.",
        "any white space for a space | a b. | a\\n\\n b. | a\\n\\n b.",
        "case-sensitive | a b. | A b. | ",
        "no word boundary asked for | cat | concatenate | cat",
        "curly for straight | it’s | it's it’s | it's;it’s",
        "a prefix ends at its colon | box: | box: [1, 2] | box:",
        "signs mean themselves | what? (a+b) | what? (a+b) | what? (a+b)",
        "the genre stays | Is this book related to? | Is this book related to Art? Is it?"
            + " | Is this book related to;?",
        "the genre after any white space | Is this book related to? | Is this book related to\u00a0Art?"
            + " | Is this book related to;?",
      })
  void templatesAreFound(String name, String template, String text, String expected) {
    String written = text.replace("\\n", "\n");
    String found =
        new TemplateMatcher(List.of(template))
            .find(written).stream()
                .sorted(Comparator.comparingInt(Span::start))
                .map(span -> written.substring(span.start(), span.end()))
                .collect(Collectors.joining(";"));
    assertThat(found).isEqualTo(expected == null ? "" : expected.replace("\\n", "\n"));
  }

  @Test
  void theLongerTemplateWins() {
    TemplateMatcher matcher = new TemplateMatcher(List.of("the bar", "the bar in each group"));
    assertThat(matcher.find("the bar in each group")).containsExactly(new Span(0, 21));
  }

  @Test
  void thePapersListsAreThere() {
    assertThat(Templates.paper())
        .hasSize(10)
        .contains("Answer with the option's letter from the given choices directly.");
    assertThat(Templates.builtin("paper")).isEqualTo(Templates.paper());
    assertThat(Templates.builtin("paper-llava-next")).isEqualTo(Templates.paperLlavaNext());
    assertThat(Templates.paperLlavaNext()).hasSize(86);
    assertThatIllegalArgumentException().isThrownBy(() -> Templates.builtin("mine"));
  }
}
