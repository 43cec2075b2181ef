package io.litoperator.operator.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.litoperator.api.job.Defaults;
import io.litoperator.api.job.JobJson;
import io.litoperator.api.job.Venue;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The job as its Pods read it: every default filled in, so that all of a gang read the same.
 * Another operator may fill in others; a gang that runs keeps its own, {@link Edition}.
 *
 * @param yaml the same text for the same job, always
 */
public record ResolvedJob(String yaml) {
  /** These may change while the job runs, and mean nothing to the worker. */
  private static final List<String> OPERATORS_OWN = List.of("suspend", "ttlSecondsAfterFinished");

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .build();

  public static ResolvedJob of(LitTrainingJob job) {
    ObjectNode tree = JobJson.of(job);
    Defaults.fill(tree, Venue.CLUSTER);
    tree.withObject("/spec").remove(OPERATORS_OWN);
    try {
      return new ResolvedJob(YAML.writeValueAsString(tree));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree cannot be written as YAML", e);
    }
  }

  /** What a ConfigMap counts. */
  public int bytes() {
    return yaml.getBytes(StandardCharsets.UTF_8).length;
  }

  /** Another content has another name, as the ConfigMap is immutable. */
  String configMapName(String job) {
    return job + "-" + DigestUtils.sha256Hex(yaml).substring(0, 10);
  }
}
