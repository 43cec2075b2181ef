package io.litoperator.operator.snapshot;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.operator.resource.ResourceSettings;
import io.litoperator.operator.resource.TokenKey;
import io.litoperator.operator.resource.WorkerImages;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Jobs as an API server returns them, all defaults filled in. */
public final class Jobs {
  public static final ResourceSettings SETTINGS =
      new ResourceSettings(
          new WorkerImages("worker-cpu:test", "worker-cuda:test", Optional.empty(), List.of()),
          Optional.of(65532L),
          URI.create("https://lit-operator.lit-system.svc:8443"),
          "lit-system",
          Map.of("app.kubernetes.io/name", "lit-operator"),
          Duration.ofMinutes(2),
          "scheduler-plugins-scheduler",
          new TokenKey(new byte[TokenKey.BYTES]));

  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private static final String YAML =
      """
      apiVersion: lit-operator.io/v1alpha1
      kind: LitTrainingJob
      metadata: {name: job, namespace: ns, uid: job-uid, generation: %d, resourceVersion: "1"}
      spec:
        model:
          languageModel: {source: pvc://data/language-model}
          visionTower: {source: pvc://data/vision-tower}
        finetune:
          objective: {name: LIT, templates: {builtin: paper}}
          dataset: [{annotations: pvc://data/a.json, images: pvc://data/images, weight: 1.0}]
          trainable: [connector, languageModel]
          globalBatchSize: 24
          optimizer: {learningRate: 2.0e-5}
        checkpoints: {keep: 3, destination: pvc://checkpoints/out}
        sharding: none
        activationCheckpointing: none
        seed: 42
        topology: {nodes: %d, ranksPerNode: 1, device: cpu, resourceName: nvidia.com/gpu}
        suspend: %s
        recovery: {maxRestarts: %d, inPlace: true, hangTimeout: 20m}
      %s
      """;

  private static final String LAST_REPORT =
      """
      attempt: 1
      sequence: 7
      activity: done
      registeredNodes: 2
      progress: {stage: finetune, step: 40, totalSteps: 40, percent: 100, loss: 0.5}
      checkpoints: [{stage: finetune, step: 40, uri: pvc://checkpoints/out/job/finetune-40}]
      bestCheckpoint: finetune-40
      evaluations: [{task: pope, metric: accuracy, score: "0.75", checkpointStep: 40}]
      """;

  private Jobs() {}

  /** What a coordinator says last of a job that went well. */
  public static ProgressReport lastReport() {
    return Serialization.unmarshal(LAST_REPORT, ProgressReport.class);
  }

  public static LitTrainingJob of(
      int nodes, boolean suspend, int maxRestarts, long generation, String more) {
    LitTrainingJob job =
        Serialization.unmarshal(
            YAML.formatted(generation, nodes, suspend, maxRestarts, more.indent(2)),
            LitTrainingJob.class);
    job.setStatus(LitTrainingJobStatus.UNSEEN);
    return job;
  }

  /**
   * The same job after its spec was edited.
   *
   * @param spec what is edited, as YAML
   */
  public static LitTrainingJob edited(LitTrainingJob job, String spec) {
    ObjectNode tree = SERIALIZATION.convertValue(job, ObjectNode.class);
    ObjectNode edits = SERIALIZATION.unmarshal(spec, ObjectNode.class);
    merge(tree.withObject("/spec"), edits);
    LitTrainingJob edited = SERIALIZATION.convertValue(tree, LitTrainingJob.class);
    edited.getMetadata().setGeneration(job.getMetadata().getGeneration() + 1);
    return edited;
  }

  private static void merge(ObjectNode into, ObjectNode edits) {
    edits
        .properties()
        .forEach(
            edit -> {
              if (edit.getValue() instanceof ObjectNode object) {
                merge(into.withObjectProperty(edit.getKey()), object);
              } else {
                into.set(edit.getKey(), edit.getValue());
              }
            });
  }

  public static LitTrainingJob of(int nodes) {
    return of(nodes, false, 3, 1, "");
  }
}
