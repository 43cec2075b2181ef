package io.litoperator.worker.evaluate.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CocoObjectsTest {
  /** A few lines in the published table's form. */
  private static final List<String> TABLE =
      List.of(
          "person, girl, boy, man, woman, child, people",
          "bicycle, bike",
          "car, automobile, sedan",
          "bus, minibus",
          "train, locomotive, subway",
          "truck, pickup",
          "traffic light, stoplight",
          "fire hydrant, hydrant",
          "stop sign",
          "bench, pew",
          "bird, duck, goose",
          "cat, kitten",
          "dog, puppy",
          "sheep, lamb",
          "cow, cattle",
          "bear",
          "tie",
          "baseball bat",
          "wine glass",
          "cup",
          "fork",
          "knife",
          "hot dog",
          "chair, seat, stool",
          "dining table, table, desk",
          "toilet, urinal, commode",
          "sink",
          "laptop, computer, laptop computer",
          "mouse",
          "cell phone, mobile phone, phone");

  @TempDir Path folder;

  private Path table() throws IOException {
    return Files.write(folder.resolve("synonyms.txt"), TABLE);
  }

  static Stream<Arguments> captions() {
    JsonNode inputs = MetricFixtures.inputs("chair");
    JsonNode expected = MetricFixtures.expected("chair").path("mentioned");
    assertThat(expected).hasSameSizeAs(inputs);
    return IntStream.range(0, inputs.size())
        .mapToObj(
            i ->
                Arguments.of(
                    i,
                    inputs.path(i).path("prediction").asText(),
                    MetricFixtures.texts(expected.path(i))));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("captions")
  void findsWhatTheReferenceFinds(int index, String caption, List<String> mentioned)
      throws IOException {
    assertThat(CocoObjects.read(table()).mentions(caption)).isEqualTo(mentioned);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"i, chair_i", "s, chair_s", "recall, recall"})
  void scoresEqualTheReference(String ours, String theirs) throws IOException {
    List<Answered> pairs = new ArrayList<>();
    for (JsonNode input : MetricFixtures.inputs("chair")) {
      Question question =
          new Question(
              "", "i", "q", "a", Optional.empty(), MetricFixtures.texts(input.path("objects")));
      pairs.add(new Answered(question, input.path("prediction").asText()));
    }

    assertThat(100 * ChairMetric.of(table()).score(pairs).get(ours))
        .isCloseTo(MetricFixtures.expected("chair").path(theirs).asDouble(), within(1e-9));
  }

  @Test
  void refusesAnEmptyTable() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty.txt"), "\n , \n");

    assertThatThrownBy(() -> CocoObjects.read(empty))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("holds no synonyms");
  }
}
