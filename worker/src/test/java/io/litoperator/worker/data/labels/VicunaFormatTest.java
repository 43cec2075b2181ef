package io.litoperator.worker.data.labels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VicunaFormatTest {
  private static final VicunaFormat LLAVA =
      new VicunaFormat(ChatTemplate.vicuna("S", "</s>"), true);
  private static final VicunaFormat TINY =
      new VicunaFormat(ChatTemplate.vicuna("S", "</s>"), false);

  @Test
  void turnsAreWrittenAndFoundAgain() {
    Prompt prompt =
        LLAVA.render(
            ConversationText.picturesFirst(
                LabelOptions.conversation("What is it? <image>", "A cat.", "Why?", "So.")));
    assertThat(prompt.text())
        .isEqualTo(
            "S USER: <image>\nWhat is it? ASSISTANT: A cat.</s>USER: Why? ASSISTANT: So.</s>");
    assertThat(texts(prompt, prompt.questions())).containsExactly("What is it?", "Why?");
    assertThat(texts(prompt, prompt.answers())).containsExactly(" A cat.</s>", " So.</s>");
    assertThat(texts(prompt, prompt.images())).containsExactly("<image>");
    assertThat(prompt.unlabelled()).isEmpty();
  }

  @Test
  void severalPicturesOfATurnStayWhereTheyAre() {
    Prompt prompt =
        LLAVA.render(
            ConversationText.picturesFirst(
                LabelOptions.conversation(
                    "<image>\nor <image> ?", "One.", "And this? <image>", "Two.")));
    assertThat(prompt.text())
        .isEqualTo(
            "S USER: <image>\nor <image> ? ASSISTANT: One.</s>"
                + "USER: <image>\nAnd this? ASSISTANT: Two.</s>");
    assertThat(texts(prompt, prompt.questions())).containsExactly("or ", " ?", "And this?");
    assertThat(texts(prompt, prompt.images())).containsExactly("<image>", "<image>", "<image>");
  }

  static List<Arguments> lost() {
    return List.of(
        Arguments.of("end of sequence in a question", LLAVA, "is </s> the end?", "yes", ""),
        Arguments.of(
            "end of sequence in an answer",
            TINY,
            "what?",
            "this </s>",
            "USER: what? ASSISTANT: this </s>"),
        Arguments.of("role in a question", TINY, "say ASSISTANT: x", "x", ""),
        Arguments.of("role in an answer", LLAVA, "say it", "I, ASSISTANT: x", ""),
        Arguments.of("empty question", LLAVA, "", "x", ""),
        Arguments.of("empty answer", LLAVA, "x", "", ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lost")
  void turnsThatTheReferenceLosesAreTold(
      String name, VicunaFormat format, String question, String answer, String found) {
    Prompt prompt = format.render(LabelOptions.conversation("Hi", "Hello", question, answer));
    assertThat(prompt.unlabelled())
        .map(lost -> prompt.text().substring(0, lost.from()))
        .contains("S USER: Hi ASSISTANT: Hello</s>" + found);
  }

  static List<Arguments> kept() {
    return List.of(
        Arguments.of("empty question", TINY, "", "x"),
        Arguments.of("empty answer", TINY, "x", ""),
        Arguments.of("role at the start of an answer", LLAVA, "x", "ASSISTANT: x"),
        Arguments.of("role without the space", LLAVA, "my ASSISTANT:x", "x"),
        Arguments.of("blank answer", LLAVA, "x", " "));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kept")
  void turnsThatTheReferenceFindsAreKept(
      String name, VicunaFormat format, String question, String answer) {
    Prompt prompt = format.render(LabelOptions.conversation(question, answer));
    assertThat(prompt.unlabelled()).isEmpty();
    assertThat(texts(prompt, prompt.answers())).containsExactly(" " + answer + "</s>");
  }

  /** Wrong, but this is what the reference learns from, without a warning. */
  @Test
  void anOpenAnswerMergesTwoRounds() {
    Prompt prompt = LLAVA.render(LabelOptions.conversation("Hi", "", "Who?", "Me."));
    assertThat(prompt.text()).isEqualTo("S USER: Hi ASSISTANT:USER: Who? ASSISTANT: Me.</s>");
    assertThat(texts(prompt, prompt.answers())).containsExactly(" Me.</s>");
    assertThat(prompt.unlabelled()).isEmpty();
  }

  private static List<String> texts(Prompt prompt, List<Span> spans) {
    return spans.stream().map(s -> prompt.text().substring(s.start(), s.end())).toList();
  }
}
