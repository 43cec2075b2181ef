package io.litoperator.worker.evaluate.metric;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.litoperator.worker.Fixtures;
import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Question;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** lmms-eval's inputs and scores, of the versions that are followed. */
public final class MetricFixtures {
  private static final String FOLLOWED = "lmms-eval 75571cf (2026-08)";
  private static final String OLDER = "lmms-eval f6fe367 (2025-01)";

  private MetricFixtures() {}

  public static JsonNode inputs(String group) {
    return present(json("inputs.json"), group);
  }

  /** Of the version that a group follows: for MMStar the older, as the paper's scores. */
  public static JsonNode expected(String group) {
    JsonNode all = json("expected.json");
    return group.equals("captions")
        ? present(all, group)
        : present(present(all, group.equals("mmstar") ? OLDER : FOLLOWED), group);
  }

  public static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  /** A group's inputs as answered questions. */
  static List<Answered> answered(String group) {
    List<Answered> pairs = new ArrayList<>();
    for (JsonNode input : inputs(group)) {
      pairs.add(new Answered(question(input, pairs.size()), input.path("prediction").asText()));
    }
    return pairs;
  }

  private static Question question(JsonNode input, int index) {
    List<String> choices = texts(input.path("choices"));
    if (input.path("question_type").asText().equals("multiple-choice")) {
      choices = texts(input.path("options"));
    }
    List<String> answers = answers(input);
    return new Question(
        Integer.toString(index),
        List.of(input.path("question_id").asText()),
        "?",
        answers.get(0),
        kind(input),
        List.of(),
        new Question.References(
            answers,
            choices,
            Optional.empty(),
            Optional.ofNullable(input.path("dataset").textValue())));
  }

  private static List<String> answers(JsonNode input) {
    for (String field : List.of("answers", "references")) {
      if (input.has(field)) {
        return texts(input.path(field));
      }
    }
    JsonNode answer = input.path("answer");
    if (answer.isInt()) {
      return List.of(Character.toString('A' + answer.asInt()));
    }
    return answer.isArray() ? texts(answer) : List.of(answer.asText());
  }

  private static Optional<String> kind(JsonNode input) {
    for (String field : List.of("category", "l2_category", "dataset", "question_type")) {
      if (input.has(field)) {
        return Optional.of(input.path(field).asText());
      }
    }
    return Optional.empty();
  }

  private static JsonNode present(JsonNode json, String field) {
    if (!json.has(field)) {
      throw new IllegalStateException("the metric fixtures have no " + field);
    }
    return json.path(field);
  }

  private static JsonNode json(String name) {
    // Python writes NaN, which an answer may be read as.
    ObjectMapper json =
        JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
    try {
      return json.readTree(Fixtures.root().resolve("metrics").resolve(name).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
