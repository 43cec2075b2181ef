package io.litoperator.chart.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.util.List;

/** Jobs in every phase, of generation 2, with the conditions that the operator gives them. */
final class Jobs {
  static final long GENERATION = 2;
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

  /** That the operator has not looked at yet. */
  static ObjectNode unseen() {
    LitTrainingJob job = new LitTrainingJob();
    job.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("vision")
            .withName("quickstart")
            .withGeneration(GENERATION)
            .build());
    return JSON.convertValue(job, ObjectNode.class);
  }

  private static List<Condition> conditions(Phase phase) {
    boolean over = phase == Phase.SUCCEEDED || phase == Phase.FAILED;
    return List.of(
        condition("Ready", phase == Phase.SUCCEEDED),
        condition("Reconciling", !over && phase != Phase.SUSPENDED),
        condition("Stalled", phase == Phase.FAILED),
        condition("Succeeded", phase == Phase.SUCCEEDED),
        condition("Failed", phase == Phase.FAILED));
  }

  private static Condition condition(String type, boolean holds) {
    return new ConditionBuilder()
        .withType(type)
        .withStatus(holds ? "True" : "False")
        .withReason("Given")
        .withMessage(type + " is " + holds)
        .withObservedGeneration(GENERATION)
        .withLastTransitionTime("2026-01-01T00:00:00Z")
        .build();
  }
}
