package io.litoperator.api.v1alpha1;

import io.fabric8.kubernetes.api.model.IntOrString;
import java.util.List;

/** What the two stages have in common. */
public sealed interface StageSpec permits PretrainSpec, FinetuneSpec {
  /** CEL of both stages: the schema knows no number that may also be a word. */
  String MICRO_BATCH_SIZE =
      "!has(self.microBatchSize) || (type(self.microBatchSize) == int ? self.microBatchSize >= 1"
          + " && self.microBatchSize <= 2147483647 : self.microBatchSize == 'auto')";

  String MICRO_BATCH_SIZE_MESSAGE = "must be a whole number from 1 up, or auto";

  /** Conversations and their pictures; several sets are put together. */
  List<DatasetSpec> dataset();

  /** Parts that train; the rest is frozen. */
  List<Part> trainable();

  /** Passes over the data. Default: 1, unless maxSteps is given. */
  Integer epochs();

  /** Optimizer steps, instead of epochs. */
  Integer maxSteps();

  /** Samples of an optimizer step, over all ranks and accumulation steps. */
  Integer globalBatchSize();

  /**
   * Samples that a rank computes at once; auto: as many as fit into its memory, up to 16. Default:
   * a rank's share of the global batch, or a divisor of it that is not above 16.
   */
  IntOrString microBatchSize();

  /** AdamW and its schedule. */
  OptimizerSpec optimizer();

  /** Peak learning rates of parts that differ from the optimizer's. */
  LearningRates learningRates();
}
