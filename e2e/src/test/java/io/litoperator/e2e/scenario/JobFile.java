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

/** A job as a person writes it. */
final class JobFile {
  static final int STEPS_BETWEEN_CHECKPOINTS = 5;

  private static final ObjectMapper YAML = new YAMLMapper();

  private final ObjectNode tree;

  private JobFile(ObjectNode tree) {
    this.tree = tree;
  }

  static JobFile read(Path file) {
    try {
      return new JobFile((ObjectNode) YAML.readTree(Files.readString(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The quickstart with a tenth of its steps, in which a fault has time to happen. */
  static JobFile shortQuickstart(Path repository, String name) {
    return read(repository.resolve("examples/quickstart/job.yaml"))
        .with("/metadata/name", name)
        .with("/spec/pretrain/maxSteps", 30)
        .with("/spec/finetune/maxSteps", 30)
        .with("/spec/checkpoints/every", STEPS_BETWEEN_CHECKPOINTS + "steps")
        .with("/spec/checkpoints/destination", "pvc://checkpoints/jobs")
        // Its Pods do not live long enough for the optimizing compiler to pay.
        .withEnvironment("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1");
  }

  /** Its second stage alone: to check the first one's data takes longer than to train. */
  static JobFile shortFinetune(Path repository, String name) {
    return shortQuickstart(repository, name)
        .with("/spec/pretrain", null)
        .with("/spec/evaluate", null);
  }

  /**
   * The same job with one rank on each of both nodes. These share the machine's processors, of
   * which each Pod would otherwise take all.
   */
  JobFile onTwoNodes() {
    return with("/spec/topology/nodes", 2)
        .with("/spec/topology/ranksPerNode", 1)
        .with("/spec/template/resources/limits/cpu", "1")
        .with("/spec/template/resources/requests/cpu", "100m");
  }

  /** The same job with one rank, where what happens to it is not about ranks. */
  JobFile withOneRank() {
    return with("/spec/topology/ranksPerNode", 1);
  }

  /** The same job whose Pods have one more variable. */
  JobFile withEnvironment(String name, String value) {
    ObjectNode copy = tree.deepCopy();
    copy.withArray("/spec/template/env").addObject().put("name", name).put("value", value);
    return new JobFile(copy);
  }

  /**
   * The same job with one field changed.
   *
   * @param pointer of the field, as {@code /spec/seed}; the objects above it are made
   * @param value a JSON value; null removes the field
   */
  JobFile with(String pointer, Object value) {
    ObjectNode copy = tree.deepCopy();
    JsonPointer field = JsonPointer.compile(pointer);
    ObjectNode parent = copy;
    for (JsonPointer at = field; !at.tail().matches(); at = at.tail()) {
      parent = parent.withObjectProperty(at.getMatchingProperty());
    }
    String name = field.last().getMatchingProperty();
    if (value == null) {
      parent.remove(name);
    } else {
      parent.set(name, YAML.valueToTree(value));
    }
    return new JobFile(copy);
  }

  String name() {
    return tree.at("/metadata/name").textValue();
  }

  /** The field's value; missing where absent. */
  JsonNode at(String pointer) {
    return tree.at(pointer);
  }

  String yaml() {
    try {
      return YAML.writeValueAsString(tree);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
