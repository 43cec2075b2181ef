package io.litoperator.worker.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.published.PublishedLayout;
import io.litoperator.worker.model.published.Unsupported;
import io.litoperator.worker.plan.GridPinpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads Hugging Face's {@code config.json}. Fields that a file leaves out have the defaults of
 * their class in transformers.
 */
final class ConfigReader {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int DEFAULT_TILE = 336;

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
    try {
      JsonNode root = JSON.readTree(file.toFile());
      if (!root.isObject()) {
        throw new Failure(ExitCode.BAD_DATA, file + " is not a JSON object");
      }
      return new ConfigReader(file, "", (ObjectNode) root);
    } catch (IOException e) {
      throw new Failure(ExitCode.BAD_DATA, file + " is not JSON: " + firstLine(e), e);
    }
  }

  /** What a whole model's file says, in llava-hf's form whichever kind of folder it is. */
  ConfigReader ours() {
    try {
      return new ConfigReader(file, at, PublishedLayout.of(node).toOurs(node));
    } catch (Unsupported e) {
      throw e.in(file, ExitCode.BAD_DATA);
    }
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
    return pinpoints.isEmpty() ? GridPinpoint.ofTiles(DEFAULT_TILE) : pinpoints;
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

  String modelType(String ifAbsent) {
    return node.path("model_type").asText(ifAbsent);
  }

  TextConfig text() {
    String type = modelType("llama");
    return DecoderFamily.of(type)
        .orElseThrow(
            () ->
                unsupported(
                    "model_type", type, "decoders that are built: " + DecoderFamily.names()))
        .read(this);
  }

  /** Number of key-value heads, each of which serves as many heads. */
  int keyValueHeads(int heads, int ifAbsent) {
    int keyValueHeads = positive("num_key_value_heads", ifAbsent);
    if (heads % keyValueHeads != 0) {
      throw invalid("num_attention_heads must be a multiple of num_key_value_heads");
    }
    return keyValueHeads;
  }

  /**
   * @param size leading elements of a head that turn
   */
  RotaryFrequencies rotary(int size) {
    if (size < 2 || size % 2 != 0) {
      throw invalid(
          "%d elements of a head would turn, which must be an even number".formatted(size));
    }
    return new RotaryFrequencies(size, number("rope_theta", 10000), rotaryScaling());
  }

  private RotaryFrequencies.Scaling rotaryScaling() {
    if (!has("rope_scaling")) {
      return new RotaryFrequencies.Unscaled();
    }
    ConfigReader scaling = child("rope_scaling");
    String type = scaling.node.path("rope_type").asText(scaling.node.path("type").asText(""));
    return switch (type) {
      case "default" -> new RotaryFrequencies.Unscaled();
      case "linear" -> new RotaryFrequencies.Linear(scaling.factor("factor"));
      case "llama3" ->
          new RotaryFrequencies.Llama3(
              scaling.factor("factor"),
              scaling.factor("low_freq_factor"),
              scaling.factor("high_freq_factor"),
              scaling.positive("original_max_position_embeddings", 8192));
      default ->
          throw unsupported(
              "rope_scaling", node.get("rope_scaling").toString(), "known types: linear, llama3");
    };
  }

  private double factor(String field) {
    double value = number(field, Double.NaN);
    if (!(value > 0)) {
      throw invalid(field + " must be a number above 0");
    }
    return value;
  }

  VisionConfig vision() {
    String type = modelType("clip_vision_model");
    VisionConfig.Family family =
        Arrays.stream(VisionConfig.Family.values())
            .filter(f -> f.modelType().equals(type))
            .findFirst()
            .orElseThrow(
                () -> unsupported("model_type", type, "towers that are built: CLIP and SigLIP"));
    boolean clip = family == VisionConfig.Family.CLIP;
    if (positive("num_channels", 3) != 3) {
      throw invalid("num_channels must be 3");
    }
    int hidden = positive("hidden_size", 768);
    int heads = positive("num_attention_heads", 12);
    if (hidden % heads != 0) {
      throw invalid("hidden_size must be a multiple of num_attention_heads");
    }
    return new VisionConfig(
        family,
        hidden,
        positive("intermediate_size", 3072),
        positive("num_hidden_layers", 12),
        heads,
        positive("image_size", 224),
        positive("patch_size", clip ? 32 : 16),
        oneOf(
            "hidden_act",
            clip ? "quick_gelu" : "gelu_pytorch_tanh",
            List.of("quick_gelu", "gelu", "gelu_pytorch_tanh")),
        number("layer_norm_eps", clip ? 1e-5 : 1e-6),
        number("initializer_range", 0.02),
        number("initializer_factor", 1));
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

  private Failure unsupported(String field, String value, String advice) {
    return invalid("%s %s is not supported (%s)".formatted(field, value, advice));
  }

  private Failure invalid(String problem) {
    return new Failure(ExitCode.BAD_DATA, file + ": " + at + problem);
  }
}
