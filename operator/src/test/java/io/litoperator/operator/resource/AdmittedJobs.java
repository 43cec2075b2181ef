package io.litoperator.operator.resource;

import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.snapshot.Jobs;
import io.litoperator.worker.plan.job.JobFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Jobs as an API server has them, from YAML. */
public final class AdmittedJobs {
  private AdmittedJobs() {}

  /** A job on one node and its CPU. */
  static LitTrainingJob small() {
    return withSpec("");
  }

  /** The small job with more fields in its spec, as YAML at column 0; its topology may be given. */
  public static LitTrainingJob withSpec(String yaml) {
    String topology = yaml.contains("topology:") ? "" : "topology: {device: cpu}\n";
    String spec =
        """
        model: {from: model}
        finetune:
          dataset: [{annotations: data/finetune.json, images: data}]
          globalBatchSize: 4096
        """
            + topology
            + yaml;
    return parse(
        "apiVersion: lit-operator.io/v1alpha1\nkind: LitTrainingJob\nmetadata: {name: small}\n"
            + "spec:\n"
            + spec.indent(2));
  }

  /** The job of a file beside this class's tests. */
  static LitTrainingJob resource(String name) {
    try (var yaml = AdmittedJobs.class.getResourceAsStream(name)) {
      return parse(new String(yaml.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JobResources resources(LitTrainingJob job) {
    return JobResources.of(job, Jobs.SETTINGS);
  }

  private static LitTrainingJob parse(String yaml) {
    try {
      Path file = Files.createTempFile("job", ".yaml");
      try {
        LitTrainingJob job = JobFile.admit(Files.writeString(file, yaml));
        job.getMetadata().setNamespace("research");
        job.getMetadata().setUid("9f1c7a52-0000-4000-8000-000000000001");
        return job;
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
