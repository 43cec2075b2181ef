package io.litoperator.worker.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.published.PublishedLayout;
import io.litoperator.worker.model.published.RotaryParameters;
import io.litoperator.worker.model.published.Unsupported;
import io.litoperator.worker.plan.GridPinpoint;
import io.litoperator.worker.safetensors.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads Hugging Face's {@code config.json}. Fields that a file leaves out have the defaults of
 * their class in transformers.
 */
final class ConfigReader {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final String at;
  private final ObjectNode node;

  private ConfigReader(Path file, String at, ObjectNode node) {
    this.file = file;
    this.at = at;
    this.node = node;
  }

  /** The {@code config.json} of a model's folder. */
  static ConfigReader open(Path folder) {
    Path file = folder.resolve("config.json");
    if (!Files.isReadable(file)) {
      throw new Failure(
          ExitCode.INPUT_MISSING,
          file + " is missing or cannot be read: a model folder needs its config.json");
    }
    byte[] content = content(file);
    try {
      JsonNode root = JSON.readTree(content);
      if (!root.isObject()) {
        throw new Failure(ExitCode.BAD_DATA, file + " is not a JSON object");
      }
      RotaryParameters.spellOut((ObjectNode) root);
      return new ConfigReader(file, "", (ObjectNode) root);
    } catch (Unsupported e) {
      throw e.in(file, ExitCode.BAD_DATA);
    } catch (IOException e) {
      throw new Failure(ExitCode.BAD_DATA, file + " is not JSON: " + firstLine(e), e);
    }
  }

  private static byte[] content(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new Failure(ExitCode.STORAGE, "%s cannot be read: %s.".formatted(file, e), e);
    }
  }

  /** What a whole model's file says, in llava-hf's form whichever kind of folder it is. */
  ConfigReader ours() {
    try {
      return new ConfigReader(file, at, PublishedLayout.of(node).toOurs(node, this::tensors));
    } catch (Unsupported e) {
      throw e.in(file, ExitCode.BAD_DATA);
    }
  }

  private Set<String> tensors() {
    return Weights.find(file.getParent()).map(w -> Set.copyOf(w.names())).orElse(Set.of());
  }

  private static String firstLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  /** A nested object; empty if absent, so that all its fields have their defaults. */
  ConfigReader child(String field) {
    JsonNode child = node.path(field);
    return new ConfigReader(
        file, at + field + ".", child.isObject() ? (ObjectNode) child : JSON.createObjectNode());
  }

  /** The same with another value of a field. */
  ConfigReader with(String field, int value) {
    return new ConfigReader(file, at, json().put(field, value));
  }

  /** The same with another object in a field. */
  ConfigReader with(String field, ConfigReader value) {
    ObjectNode json = json();
    json.set(field, value.json());
    return new ConfigReader(file, at, json);
  }

  /** A copy of what was read. */
  ObjectNode json() {
    return node.deepCopy();
  }

  /** Checks what concerns tower and decoder together. */
  ModelConfig checked(ModelConfig config) {
    int layers = config.vision().layers();
    if (config.usedTowerLayers() < 0 || config.usedTowerLayers() > layers) {
      throw invalid(
          "feature layer %d does not exist in a tower of %d layers"
              .formatted(config.featureLayer(), layers));
    }
    config
        .tilingProblem()
        .ifPresent(
            problem -> {
              throw invalid(problem);
            });
    return config;
  }

  /** LLaVA-NeXT's sizes, which transformers writes height first. */
  List<GridPinpoint> gridPinpoints() {
    List<GridPinpoint> pinpoints = new ArrayList<>();
    for (JsonNode size : node.path("image_grid_pinpoints")) {
      if (size.size() != 2 || !isSide(size.get(0)) || !isSide(size.get(1))) {
        throw invalid("image_grid_pinpoints must be pairs of height and width, not " + size);
      }
      pinpoints.add(new GridPinpoint(size.get(1).asInt(), size.get(0).asInt()));
    }
    if (pinpoints.isEmpty()) {
      throw invalid("image_grid_pinpoints must hold at least one pair of height and width");
    }
    return pinpoints;
  }

  private static boolean isSide(JsonNode value) {
    return value.isInt() && value.asInt() > 0;
  }

  /** Whether a field is there and null, which is not the same as one that is left out. */
  boolean isNull(String field) {
    return node.path(field).isNull();
  }

  boolean flag(String field, boolean ifAbsent) {
    return node.path(field).asBoolean(ifAbsent);
  }

  boolean has(String field) {
    return node.hasNonNull(field);
  }

  String text(String field, String ifAbsent) {
    return node.path(field).asText(ifAbsent);
  }

  /** Number of key-value heads, each of which serves as many heads. */
  int keyValueHeads(int heads, int ifAbsent) {
    int keyValueHeads = positive("num_key_value_heads", ifAbsent);
    if (heads % keyValueHeads != 0) {
      throw invalid("num_attention_heads must be a multiple of num_key_value_heads");
    }
    return keyValueHeads;
  }

  int integer(String field, int ifAbsent) {
    JsonNode value = node.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return ifAbsent;
    }
    if (!value.canConvertToInt() || !value.isIntegralNumber()) {
      throw invalid(field + " must be a whole number, not " + value);
    }
    return value.asInt();
  }

  int positive(String field, int ifAbsent) {
    int value = integer(field, ifAbsent);
    if (value < 1) {
      throw invalid(field + " must be at least 1, not " + value);
    }
    return value;
  }

  double number(String field, double ifAbsent) {
    JsonNode value = node.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return ifAbsent;
    }
    if (!value.isNumber()) {
      throw invalid(field + " must be a number, not " + value);
    }
    return value.asDouble();
  }

  /** A number above 0, which must be there. */
  double factor(String field) {
    double value = number(field, Double.NaN);
    if (!(value > 0)) {
      throw invalid(field + " must be a number above 0");
    }
    return value;
  }

  String oneOf(String field, String ifAbsent, List<String> allowed) {
    String value = node.hasNonNull(field) ? node.get(field).asText() : ifAbsent;
    if (!allowed.contains(value)) {
      throw unsupported(field, value, "known values: " + String.join(", ", allowed));
    }
    return value;
  }

  void refuseIfTrue(String field) {
    if (node.path(field).asBoolean(false)) {
      throw unsupported(field, "true", "use a model without it");
    }
  }

  Failure unsupported(String field, String value, String advice) {
    return invalid("%s %s is not supported (%s)".formatted(field, value, advice));
  }

  Failure invalid(String problem) {
    return new Failure(ExitCode.BAD_DATA, file + ": " + at + problem);
  }
}
