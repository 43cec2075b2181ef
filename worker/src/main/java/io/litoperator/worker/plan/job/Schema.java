package io.litoperator.worker.plan.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.api.job.Problem;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * A structural schema, as CRDs have it: the part of OpenAPI v3 that the API server checks.
 *
 * @param json the schema object
 */
record Schema(JsonNode json) {

  /** Receives each value that a schema describes. */
  interface Visitor {
    void visit(Schema schema, JsonNode value, String path);
  }

  void visit(JsonNode value, String path, Visitor visitor) {
    visitor.visit(this, value, path);
    if (value.isObject()) {
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        Schema schema = field(field.getKey());
        if (schema != null) {
          schema.visit(field.getValue(), Problem.child(path, field.getKey()), visitor);
        }
      }
    } else if (value.isArray() && json.has("items")) {
      for (int i = 0; i < value.size(); i++) {
        items().visit(value.get(i), path + "[" + i + "]", visitor);
      }
    }
  }

  /** As the API server does: only within objects that are there. */
  void fillDefaults(JsonNode value) {
    if (value instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> property : json.path("properties").properties()) {
        JsonNode given = property.getValue().get("default");
        if (given != null && !object.hasNonNull(property.getKey())) {
          object.set(property.getKey(), given.deepCopy());
        }
      }
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        Schema schema = field(field.getKey());
        if (schema != null) {
          schema.fillDefaults(field.getValue());
        }
      }
    } else if (value.isArray() && json.has("items")) {
      value.forEach(items()::fillDefaults);
    }
  }

  void check(JsonNode value, String path, List<Problem> problems) {
    visit(value, path, (schema, node, at) -> schema.checkOne(node, at, problems));
  }

  private void checkOne(JsonNode value, String path, List<Problem> problems) {
    if (!typed(value)) {
      problems.add(new Problem(path, "must be %s, but is %s".formatted(typeName(), shown(value))));
      return;
    }
    List<String> allowed = new ArrayList<>();
    json.path("enum").forEach(option -> allowed.add(option.asText()));
    if (!allowed.isEmpty() && !allowed.contains(value.asText())) {
      String options = allowed.size() == 1 ? "" : "one of ";
      problems.add(
          new Problem(
              path,
              "must be %s%s, but is %s"
                  .formatted(options, String.join(", ", allowed), shown(value))));
    }
    if (json.has("pattern") && !Pattern.matches(json.get("pattern").asText(), value.asText())) {
      problems.add(
          new Problem(
              path, "is %s, which is not of the right form%s".formatted(shown(value), hint())));
    }
    checkBounds(value, path, problems);
    if (value.isObject()) {
      checkFields(value, path, problems);
    }
  }

  /** Bounds of a number, or of the size of anything else. */
  private void checkBounds(JsonNode value, String path, List<Problem> problems) {
    boolean number = value.isNumber();
    String text = value.asText();
    double size =
        number
            ? value.asDouble()
            : value.isTextual() ? text.codePointCount(0, text.length()) : value.size();
    String kind =
        number ? "imum" : value.isTextual() ? "Length" : value.isArray() ? "Items" : "Properties";
    String must = number ? "must be " : "its length must be ";
    String but = ", but is " + plain(size);

    JsonNode least = json.get("min" + kind);
    boolean above = json.path("exclusiveMinimum").asBoolean();
    if (least != null && (above ? size <= least.asDouble() : size < least.asDouble())) {
      String bound = (above ? "more than " : "at least ") + plain(least.asDouble());
      problems.add(new Problem(path, must + bound + but));
    }
    JsonNode most = json.get("max" + kind);
    boolean below = json.path("exclusiveMaximum").asBoolean();
    if (most != null && (below ? size >= most.asDouble() : size > most.asDouble())) {
      String bound = (below ? "less than " : "at most ") + plain(most.asDouble());
      problems.add(new Problem(path, must + bound + but));
    }
  }

  private static String plain(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }

  private void checkFields(JsonNode object, String path, List<Problem> problems) {
    for (JsonNode name : json.path("required")) {
      if (!object.has(name.asText())) {
        problems.add(
            new Problem(
                Problem.child(path, name.asText()), "is missing" + field(name.asText()).hint()));
      }
    }
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      if (field(field.getKey()) == null && json.has("properties")) {
        problems.add(
            new Problem(
                Problem.child(path, field.getKey()), "unknown field" + nearest(field.getKey())));
      }
    }
  }

  private String nearest(String name) {
    List<String> known = new ArrayList<>();
    json.path("properties").fieldNames().forEachRemaining(known::add);
    var distance = LevenshteinDistance.getDefaultInstance();
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance.apply(name, candidate)))
        .map(candidate -> "; the nearest one is '" + candidate + "'")
        .orElse("");
  }

  private Schema field(String name) {
    JsonNode property = json.path("properties").get(name);
    if (property == null) {
      property = json.get("additionalProperties");
    }
    return property == null ? null : new Schema(property);
  }

  private Schema items() {
    return new Schema(json.get("items"));
  }

  private boolean typed(JsonNode value) {
    if (json.path("x-kubernetes-int-or-string").asBoolean()) {
      return value.isIntegralNumber() || value.isTextual();
    }
    return switch (json.path("type").asText()) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "boolean" -> value.isBoolean();
      case "integer" -> value.isIntegralNumber() && value.canConvertToLong();
      case "number" -> value.isNumber() && Double.isFinite(value.asDouble());
      default -> true;
    };
  }

  private String typeName() {
    return switch (json.path("type").asText()) {
      case "object" -> "a mapping";
      case "array" -> "a list";
      case "string" -> "text (in quotes, if it looks like something else)";
      case "boolean" -> "true or false";
      case "integer" -> "a whole number";
      case "number" -> "a number";
      default -> "text or a whole number";
    };
  }

  private static String shown(JsonNode value) {
    if (value.isObject()) {
      return "a mapping";
    }
    if (value.isArray()) {
      return "a list";
    }
    return value.isNull() ? "empty" : "'" + value.asText() + "'";
  }

  /** The field's description, to end a sentence. */
  private String hint() {
    String text = json.path("description").asText().strip();
    return text.isEmpty() ? "" : " (" + text.replaceFirst("\\.$", "") + ")";
  }
}
