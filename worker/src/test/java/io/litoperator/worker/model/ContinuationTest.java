package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.torch.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Greedy continuations against transformers', of each prompt alone and of all in a batch. */
class ContinuationTest {
  private static final Map<String, Opened> OPENED = new HashMap<>();

  /** A model, which all its cases use. */
  private record Opened(
      ModelFixture fixture, VisionLanguageModel model, AtomicInteger alive, Inference inference) {
    static Opened of(String name) {
      ModelFixture fixture = ModelFixture.open(name);
      VisionLanguageModel model = fixture.model();
      AtomicInteger alive = new AtomicInteger();
      return new Opened(fixture, model, alive, new Inference(model, alive::incrementAndGet));
    }

    void close() {
      inference.close();
      model.close();
    }
  }

  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  @AfterAll
  static void close() {
    OPENED.values().forEach(Opened::close);
    OPENED.clear();
  }

  static List<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (String model : ModelFixture.names().toList()) {
      List<JsonNode> prompts = prompts(model);
      for (JsonNode prompt : prompts) {
        int[] seen = pictures(prompt);
        String pictures = seen.length == 0 ? "no picture" : "picture " + Arrays.toString(seen);
        cases.add(Arguments.of(model, "alone, " + pictures, List.of(prompt)));
      }
      cases.add(Arguments.of(model, "in a batch", prompts));
    }
    return cases;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void equalTheReference(String model, String name, List<JsonNode> cases) {
    Opened opened = OPENED.computeIfAbsent(model, Opened::of);
    List<Sample> prompts = cases.stream().map(one -> prompt(opened.fixture, one)).toList();
    List<int[]> expected = cases.stream().map(one -> ints(one.get("new_ids"))).toList();
    Inference.Limits limits = new Inference.Limits(expected.get(0).length, Set.of(2), true);

    opened.alive.set(0);
    assertThat(opened.inference.generate(prompts, limits))
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactlyElementsOf(expected);
    assertThat(opened.alive).as("told of each token").hasValueGreaterThan(limits.newTokens());
  }

  private static List<JsonNode> prompts(String model) {
    try {
      JsonNode file =
          new ObjectMapper()
              .readTree(Fixtures.root().resolve("generate/" + model + ".json").toFile());
      return StreamSupport.stream(file.get("cases").spliterator(), false).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Sample prompt(ModelFixture fixture, JsonNode one) {
    int image = fixture.imageToken();
    int[] tokens =
        Arrays.stream(ints(one.get("prompt_ids")))
            .map(id -> id == image ? Sample.IMAGE : id)
            .toArray();
    Fate[] fates = new Fate[tokens.length];
    Arrays.fill(fates, Fate.MASKED);
    List<Pixels> pictures = Arrays.stream(pictures(one)).mapToObj(fixture::picture).toList();
    return new Sample("prompt", tokens, fates, pictures);
  }

  /** One, none as null, or a list of several. */
  private static int[] pictures(JsonNode one) {
    JsonNode image = one.get("image");
    return image.isInt() ? new int[] {image.asInt()} : ints(image);
  }

  private static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }
}
