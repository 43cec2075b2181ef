package io.litoperator.worker.checkpoint;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.digest.Sha256;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.SourceCopy;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.safetensors.Weights;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What must be the same when training goes on from a checkpoint, as named values, so that a
 * difference can be told by name.
 */
public record Fingerprint(@JsonValue SortedMap<String, String> fields) {

  /** They decide how a step is divided and computed, not what it trains. */
  private static final List<String> FREE_STAGE_FIELDS =
      List.of("microBatchSize", "activationCheckpointing");

  /** Values of fields of the model and of stages, from before they could have others. */
  private static final Map<String, String> ONCE_ONLY =
      Map.of("connectorInit", "NORMAL", "optimizer.schedule", "COSINE");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public Fingerprint {
    fields = Collections.unmodifiableSortedMap(new TreeMap<>(fields));
  }

  /** A value that two fingerprints do not agree on; {@code absent} where one does not have it. */
  public record Difference(String field, String there, String here) {}

  /**
   * Of a job: its model, stages and seed, by the job's field names. Where it runs, how it is
   * evaluated and when it saves may change between runs.
   */
  public static Fingerprint ofPlan(RunPlan plan) {
    ObjectNode root = Json.MAPPER.createObjectNode().put("seed", plan.seed());
    root.set("model", Json.MAPPER.valueToTree(plan.model()));
    for (StagePlan stage : plan.stages()) {
      ObjectNode fields = Json.MAPPER.valueToTree(stage);
      root.set(stage.stage().label(), fields.without(FREE_STAGE_FIELDS));
    }
    SortedMap<String, String> fields = new TreeMap<>();
    flatten("", root, fields);
    fields.entrySet().removeIf(Fingerprint::wasOnceTheOnlyValue);
    fields.replaceAll((name, value) -> origin(value, plan.copies()));
    return new Fingerprint(fields);
  }

  /** Which checkpoints of that time do not name. */
  private static boolean wasOnceTheOnlyValue(Map.Entry<String, String> field) {
    String name = field.getKey();
    return field.getValue().equals(ONCE_ONLY.get(name.substring(name.indexOf('.') + 1)));
  }

  /** Copies may lie in other places on other machines; what they are copies of stays. */
  private static String origin(String value, List<SourceCopy> copies) {
    for (SourceCopy copy : copies) {
      String place = uri(copy.path());
      if (value.equals(place) || value.startsWith(place + "/")) {
        return withoutSlash(copy.origin() + value.substring(place.length()));
      }
      if (withoutSlash(value).equals(uri(copy.path().getParent()))) {
        return copy.origin().substring(0, copy.origin().lastIndexOf('/'));
      }
    }
    return value;
  }

  private static String uri(Path path) {
    return withoutSlash(path.toUri().toString());
  }

  private static String withoutSlash(String text) {
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  /** Of a model: the names and shapes of its parameters. */
  public static Fingerprint ofModel(Map<String, long[]> shapes) {
    SortedMap<String, String> fields = new TreeMap<>();
    shapes.forEach((name, shape) -> fields.put(name, Arrays.toString(shape)));
    return new Fingerprint(fields);
  }

  static Fingerprint ofModel(Weights weights) {
    Map<String, long[]> shapes = new TreeMap<>();
    weights.names().forEach(name -> shapes.put(name, weights.info(name).shape()));
    return ofModel(shapes);
  }

  private static void flatten(String path, JsonNode node, Map<String, String> fields) {
    if (node.isObject()) {
      String prefix = path.isEmpty() ? "" : path + ".";
      node.properties().forEach(e -> flatten(prefix + e.getKey(), e.getValue(), fields));
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        flatten(path + "[" + i + "]", node.get(i), fields);
      }
    } else if (!node.isNull()) {
      fields.put(path, node.asText());
    }
  }

  /** SHA-256 in hexadecimal over the fields in the order of their names, each with its length. */
  public String digest() {
    MessageDigest sha256 = Sha256.start();
    fields.forEach(
        (name, value) -> {
          String field = name.length() + ":" + name + value.length() + ":" + value;
          sha256.update(field.getBytes(StandardCharsets.UTF_8));
        });
    return Sha256.hex(sha256);
  }

  /** The first difference in the order of names; {@code there} is this one's value. */
  public Optional<Difference> firstDifference(Fingerprint here) {
    TreeSet<String> names = new TreeSet<>(fields.keySet());
    names.addAll(here.fields.keySet());
    return names.stream()
        .map(name -> new Difference(name, value(name), here.value(name)))
        .filter(difference -> !difference.there().equals(difference.here()))
        .findFirst();
  }

  private String value(String name) {
    return fields.getOrDefault(name, "absent");
  }
}
