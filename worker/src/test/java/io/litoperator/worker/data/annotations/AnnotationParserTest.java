package io.litoperator.worker.data.annotations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AnnotationParserTest {
  private static final String ASK = turn("human", "Who?");
  private static final String SHOW = turn("human", "<image>\\nWho?");
  private static final String ANSWER = turn("gpt", "Me.");
  private static final String IMAGE = "\"image\": \"1.png\", ";

  private static String turn(String from, String value) {
    return "{\"from\": \"%s\", \"value\": \"%s\"}".formatted(from, value);
  }

  private static String turns(String... turns) {
    return "\"conversations\": [" + String.join(", ", turns) + "]";
  }

  static List<Arguments> broken() {
    return List.of(
        Arguments.of("no conversations", "\"text\": \"x\"", "\"conversations\" is missing"),
        Arguments.of("no turns", turns(), "do not end in an answer"),
        Arguments.of("no answer", turns(ASK), "do not end in an answer"),
        Arguments.of("answer only", turns(ANSWER), "do not end in an answer"),
        Arguments.of("two questions", turns(ASK, ASK), "turn 1 is not from gpt"),
        Arguments.of("two answers", turns(ANSWER, ANSWER, ASK), "turn 1 is not from human"),
        Arguments.of(
            "another speaker", turns(turn("system", "x"), ANSWER), "turn 0 is a system prompt"),
        Arguments.of(
            "turn without a text", turns(ASK, "{\"from\": \"gpt\"}"), "turn 1 has no text"),
        Arguments.of("turn that is a text", turns("\"hello\"", ANSWER), "turn 0 is from \"\""),
        Arguments.of("<image> without image", turns(SHOW, ANSWER), "there is no \"image\""),
        Arguments.of(
            "image without <image>", IMAGE + turns(ASK, ANSWER), "no question holds <image>"),
        Arguments.of(
            "image that is null", "\"image\": null, " + turns(SHOW, ANSWER), "no \"image\""),
        Arguments.of("number", "\"image\": 7, " + turns(SHOW, ANSWER), "nor a list of paths"),
        Arguments.of("blank", "\"image\": [\"\"], " + turns(SHOW, ANSWER), "nor a list of paths"),
        Arguments.of(
            "image that is missing",
            "\"image\": [\"a\", \"b\"], " + turns(SHOW, ANSWER),
            "1 <image> in the questions and 2 paths"),
        Arguments.of("<image> twice", IMAGE + turns(SHOW, ANSWER, SHOW, ANSWER), "2 <image>"),
        Arguments.of(
            "<image> in an answer", IMAGE + turns(ASK, turn("gpt", "<image>")), "an answer holds"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void brokenSamplesAreRefusedWithTheirPlace(String name, String content, String sentence) {
    assertThatThrownBy(() -> parse("{\"id\": \"s1\", " + content + "}"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_DATA))
        .hasMessageStartingWith("data.json line 12, sample 3 (id s1): ")
        .hasMessageContaining(sentence);
  }

  @Test
  void messagesAreReadAsConversationsAre() throws JsonProcessingException {
    Annotation annotation =
        parse(
            """
            {"images": ["1.png"], "messages": [{"role": "user", "content": "<image>Who?"},
              {"role": "assistant", "content": "Me."}]}""");
    assertThat(annotation.exchanges()).containsExactly(new Exchange("<image>Who?", "Me."));
    assertThat(annotation.images()).containsExactly("1.png");
    assertThatThrownBy(
            () ->
                parse(
                    """
                    {"messages": [{"role": "system", "content": "Be brief."},
                      {"role": "user", "content": "Who?"}]}"""))
        .hasMessageContaining("turn 0 is a system prompt; give one for all samples in spec.model");
    assertThatThrownBy(() -> parse("{\"messages\": [{\"role\": \"user\", \"content\": 7}]}"))
        .hasMessageContaining("do not end in an answer of assistant to a turn of user");
  }

  @Test
  void aFirstTurnOfTheModelIsDropped() throws JsonProcessingException {
    assertThat(parse("{" + turns(ANSWER, ASK, ANSWER) + "}").exchanges())
        .containsExactly(new Exchange("Who?", "Me."));
  }

  @Test
  void aSampleMayHaveSeveralPictures() throws JsonProcessingException {
    String conversation = turns(SHOW, ANSWER, turn("human", "<image> and <image>?"), ANSWER);
    assertThat(parse("{\"image\": [\"a\", \"b\", \"c\"], " + conversation + "}").images())
        .containsExactly("a", "b", "c");
    assertThat(parse("{\"image\": [], " + turns(ASK, ANSWER) + "}").images()).isEmpty();
  }

  @Test
  void aSampleWithoutAnIdGoesByItsIndex() throws JsonProcessingException {
    assertThat(parse("{" + turns(ASK, ANSWER) + "}").id()).isEqualTo("3");
  }

  private static Annotation parse(String json) throws JsonProcessingException {
    return AnnotationParser.parse(
        new Origin(Path.of("data.json"), "line 12, sample 3", 3),
        new ObjectMapper().readTree(json));
  }
}
