package io.litoperator.worker.plan.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.litoperator.api.job.Problem;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The schema of a whole job: the committed CRD's, and what the API server asks of any object. */
final class JobSchema {
  private static final String CRD = "/io/litoperator/api/littrainingjobs.lit-operator.io.yaml";

  /** What CRDs leave to the API server. */
  private static final String ENVELOPE =
      """
      apiVersion: {type: string, enum: [lit-operator.io/v1alpha1]}
      kind: {type: string, enum: [LitTrainingJob]}
      metadata:
        type: object
        required: [name]
        properties:
          namespace: {type: string}
          labels: {type: object, additionalProperties: {type: string}}
          annotations: {type: object, additionalProperties: {type: string}}
          finalizers: {type: array, items: {type: string}}
          creationTimestamp: {}
          generation: {type: integer}
          resourceVersion: {type: string}
          uid: {type: string}
      """;

  private static final JobSchema COMMITTED = read();

  private final Schema root;
  private final Rules rules = new Rules();

  private JobSchema(Schema root) {
    this.root = root;
  }

  static JobSchema committed() {
    return COMMITTED;
  }

  private static JobSchema read() {
    var yaml = new YAMLMapper();
    try (InputStream crd = LitTrainingJob.class.getResourceAsStream(CRD)) {
      JsonNode version = yaml.readTree(Objects.requireNonNull(crd, CRD)).at("/spec/versions/0");
      ObjectNode schema = (ObjectNode) version.at("/schema/openAPIV3Schema");
      yaml.readerForUpdating(schema.withObject("/properties")).readValue(ENVELOPE);
      schema.withArray("/required").add("apiVersion").add("kind").add("metadata");
      return new JobSchema(new Schema(schema));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds the defaults of absent fields to the objects that are there, as the API server does. */
  void fillDefaults(ObjectNode job) {
    root.fillDefaults(job);
  }

  /** Fields that are unknown, missing, or of a wrong type or value. */
  List<Problem> problems(ObjectNode job) {
    List<Problem> problems = new ArrayList<>();
    root.check(job, "", problems);
    return problems;
  }

  /** CEL rules that do not hold; the job must be free of {@link #problems}. */
  List<Problem> brokenRules(ObjectNode job) {
    return rules.broken(root, job);
  }
}
