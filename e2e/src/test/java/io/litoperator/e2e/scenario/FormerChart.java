package io.litoperator.e2e.scenario;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The chart as it was before a field was added to jobs. */
final class FormerChart {
  private static final String CRD = "files/littrainingjobs.lit-operator.io.yaml";
  private static final String SCHEMA = "/spec/versions/0/schema/openAPIV3Schema";
  private static final ObjectMapper YAML = new YAMLMapper();

  private FormerChart() {}

  /**
   * Copies a chart without a field of its CRD.
   *
   * @param field as {@code /spec/recovery/resetAfterSteps}
   * @return the copy
   */
  static Path write(Path chart, Path copy, String field) {
    try {
      List<Path> files;
      try (Stream<Path> tree = Files.walk(chart)) {
        files = tree.filter(Files::isRegularFile).toList();
      }
      for (Path file : files) {
        Path to = copy.resolve(chart.relativize(file).toString());
        Files.createDirectories(to.getParent());
        Files.copy(file, to);
      }
      Path crd = copy.resolve(CRD);
      JsonNode tree = YAML.readTree(Files.readString(crd));
      remove(tree, field);
      Files.writeString(crd, YAML.writeValueAsString(tree));
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove(JsonNode crd, String field) {
    JsonPointer property = JsonPointer.compile(SCHEMA + field.replace("/", "/properties/"));
    ObjectNode parent = (ObjectNode) crd.at(property.head());
    if (parent.remove(property.last().getMatchingProperty()) == null) {
      throw new IllegalArgumentException("The CRD has no field " + field + ".");
    }
  }
}
