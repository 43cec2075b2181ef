package io.litoperator.api.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.api.v1alpha1.LitTrainingJob;

/** A job as the tree that a user would write. */
public final class JobJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private JobJson() {}

  /**
   * What identifies the job, and its spec: no status, nothing that a server counts up, and no
   * absent fields. Equal jobs give trees of equal order.
   */
  public static ObjectNode of(LitTrainingJob job) {
    ObjectNode tree = MAPPER.createObjectNode();
    tree.put("apiVersion", job.getApiVersion());
    tree.put("kind", job.getKind());
    ObjectNode metadata = tree.putObject("metadata");
    metadata.put("name", job.getMetadata().getName());
    metadata.put("namespace", job.getMetadata().getNamespace());
    metadata.put("uid", job.getMetadata().getUid());
    tree.set("spec", MAPPER.valueToTree(job.getSpec()));
    return tree;
  }
}
