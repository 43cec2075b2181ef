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
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void findsWhatTheReferenceFinds() throws IOException {
    CocoObjects objects = CocoObjects.read(table());
    JsonNode expected = MetricFixtures.expected("chair").path("mentioned");
    int at = 0;
    for (JsonNode input : MetricFixtures.inputs("chair")) {
      String caption = input.path("prediction").asText();
      assertThat(objects.mentions(caption))
          .as(caption)
          .isEqualTo(MetricFixtures.texts(expected.path(at++)));
    }
  }

  @Test
  void scoresEqualTheReference() throws IOException {
    List<Answered> pairs = new ArrayList<>();
    for (JsonNode input : MetricFixtures.inputs("chair")) {
      Question question =
          new Question(
              "", "i", "q", "a", Optional.empty(), MetricFixtures.texts(input.path("objects")));
      pairs.add(new Answered(question, input.path("prediction").asText()));
    }
    JsonNode expected = MetricFixtures.expected("chair");

    Map<String, Double> scores = ChairMetric.of(table()).score(pairs);

    assertThat(100 * scores.get("i")).isCloseTo(expected.path("chair_i").asDouble(), within(1e-9));
    assertThat(100 * scores.get("s")).isCloseTo(expected.path("chair_s").asDouble(), within(1e-9));
    assertThat(100 * scores.get("recall"))
        .isCloseTo(expected.path("recall").asDouble(), within(1e-9));
  }

  @Test
  void refusesAnEmptyTable() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty.txt"), "\n , \n");

    assertThatThrownBy(() -> CocoObjects.read(empty))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("holds no synonyms");
  }
}
