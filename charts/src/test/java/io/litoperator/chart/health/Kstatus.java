package io.litoperator.chart.health;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.StreamSupport;

/**
 * What Flux and kpt make of a custom resource: the rules of kstatus that are not about one of
 * Kubernetes' own kinds.
 */
enum Kstatus {
  TERMINATING,
  IN_PROGRESS,
  FAILED,
  CURRENT;

  static Kstatus of(JsonNode resource) {
    JsonNode metadata = resource.path("metadata");
    JsonNode status = resource.path("status");
    if (metadata.hasNonNull("deletionTimestamp")) {
      return TERMINATING;
    }
    if (status.hasNonNull("observedGeneration")
        && status.get("observedGeneration").asLong() != metadata.path("generation").asLong()) {
      return IN_PROGRESS;
    }
    if (condition(status, "Reconciling").equals("True")) {
      return IN_PROGRESS;
    }
    if (condition(status, "Stalled").equals("True")) {
      return FAILED;
    }
    return switch (condition(status, "Ready")) {
      case "False", "Unknown" -> IN_PROGRESS;
      default -> CURRENT;
    };
  }

  /** The condition's status, or empty if it is absent. */
  private static String condition(JsonNode status, String type) {
    return StreamSupport.stream(status.path("conditions").spliterator(), false)
        .filter(condition -> condition.path("type").asText().equals(type))
        .map(condition -> condition.path("status").asText())
        .findFirst()
        .orElse("");
  }
}
