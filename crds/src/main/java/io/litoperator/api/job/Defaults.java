package io.litoperator.api.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The defaults that the CRD cannot hold, as they depend on other fields or on the venue. */
public final class Defaults {
  /** Peak learning rates of the papers' recipes (LLaVA-1.5 and TinyLLaVA). */
  private static final double PRETRAIN_LEARNING_RATE = 1e-3;

  private static final double FINETUNE_LEARNING_RATE = 2e-5;

  /** Micro-batches above this size gain no speed and cost memory. */
  private static final int LARGEST_MICRO_BATCH = 16;

  private Defaults() {}

  /**
   * Adds what is absent.
   *
   * @param job with the CRD's own defaults, and valid by its schema and rules
   */
  public static void fill(ObjectNode job, Venue venue) {
    ObjectNode spec = job.withObject("/spec");
    ObjectNode topology = spec.withObject("/topology");
    if (!topology.has("device")) {
      topology.put("device", venue.device());
    }
    if (!spec.has("precision")) {
      spec.put("precision", topology.get("device").asText().equals("cuda") ? "bf16" : "fp32");
    }
    ObjectNode model = spec.withObject("/model");
    if (!model.has("conversation")) {
      model.put("conversation", "vicuna_v1");
    }
    int ranks = topology.path("nodes").asInt(1) * topology.path("ranksPerNode").asInt(1);
    fillStage(spec.get("pretrain"), PRETRAIN_LEARNING_RATE, ranks);
    fillStage(spec.get("finetune"), FINETUNE_LEARNING_RATE, ranks);
  }

  private static void fillStage(JsonNode given, double learningRate, int ranks) {
    if (!(given instanceof ObjectNode stage)) {
      return;
    }
    if (!stage.has("epochs") && !stage.has("maxSteps")) {
      stage.put("epochs", 1);
    }
    if (!stage.has("microBatchSize")) {
      stage.put("microBatchSize", microBatchSize(stage.get("globalBatchSize").asInt() / ranks));
    }
    ObjectNode optimizer = stage.withObject("/optimizer");
    if (!optimizer.has("learningRate")) {
      optimizer.put("learningRate", learningRate);
    }
  }

  /** The largest divisor of a rank's share that is not above {@link #LARGEST_MICRO_BATCH}. */
  private static int microBatchSize(int share) {
    int size = Math.min(share, LARGEST_MICRO_BATCH);
    while (share % size != 0) {
      size--;
    }
    return size;
  }
}
