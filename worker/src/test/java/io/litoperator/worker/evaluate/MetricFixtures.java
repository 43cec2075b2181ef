package io.litoperator.worker.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.Fixtures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** lmms-eval's inputs and scores, of the version that is followed. */
final class MetricFixtures {
  private static final String VERSION = "lmms-eval 75571cf (2026-08)";

  private MetricFixtures() {}

  static JsonNode inputs(String task) {
    return json("inputs.json").path(task);
  }

  static JsonNode expected(String task) {
    return json("expected.json").path(VERSION).path(task);
  }

  static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static JsonNode json(String name) {
    try {
      return new ObjectMapper().readTree(Fixtures.root().resolve("metrics").resolve(name).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
