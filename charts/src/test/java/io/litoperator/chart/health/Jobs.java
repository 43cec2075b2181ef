package io.litoperator.chart.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.operator.status.Conditions;
import io.litoperator.operator.status.Course;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Jobs in every phase, of generation 2, with the conditions that the operator gives them. */
final class Jobs {
  static final long GENERATION = 2;
  private static final Path CRD =
      Path.of("lit-operator/files/littrainingjobs.lit-operator.io.yaml");
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  private Jobs() {}

  /** As the API server would give it. */
  static ObjectNode in(Phase phase) {
    ObjectNode job = unseen();
    ObjectNode status = job.putObject("status");
    status.put("observedGeneration", GENERATION);
    status.set("phase", JSON.convertValue(phase, JsonNode.class));
    ArrayNode conditions = status.putArray("conditions");
    conditions(phase)
        .forEach(condition -> conditions.add(JSON.convertValue(condition, JsonNode.class)));
    // Whatever is added above must be of the types' shape.
    JSON.convertValue(job, LitTrainingJob.class);
    return job;
  }

  /** That the operator has not looked at yet, as the chart's CRD has the API server give it. */
  static ObjectNode unseen() {
    LitTrainingJob job = new LitTrainingJob();
    job.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("vision")
            .withName("quickstart")
            .withGeneration(GENERATION)
            .build());
    ObjectNode unseen = JSON.convertValue(job, ObjectNode.class);
    unseen.set("status", defaultStatus());
    return unseen;
  }

  private static JsonNode defaultStatus() {
    try {
      return JSON.unmarshal(Files.readString(CRD), CustomResourceDefinition.class)
          .getSpec()
          .getVersions()
          .get(0)
          .getSchema()
          .getOpenAPIV3Schema()
          .getProperties()
          .get("status")
          .getDefault();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Condition> conditions(Phase phase) {
    return Conditions.of(
        List.of(), GENERATION, Instant.EPOCH, phase, course(phase), Optional.empty());
  }

  private static Course course(Phase phase) {
    Course course =
        new Course(List.of(), 1, null, null, List.of(), Course.Halt.NONE, false, Optional.empty());
    return switch (phase) {
      case SUCCEEDED -> course.ended(new Course.Succeeded("Succeeded", "All is done."));
      case FAILED -> course.ended(new Course.Failed("RankFailed", "Rank 0 failed."));
      default -> course;
    };
  }
}
