package io.litoperator.api.progress;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a gang is at. */
public enum Activity {
  /** For agents or ranks to register. */
  @JsonProperty("waiting")
  WAITING,
  @JsonProperty("pretraining")
  PRETRAINING,
  @JsonProperty("finetuning")
  FINETUNING,
  @JsonProperty("evaluating")
  EVALUATING,
  /** A checkpoint is being saved before the gang ends, as asked. */
  @JsonProperty("stopping")
  STOPPING,
  /** Stopped as asked, everything saved; the Pods end with exit code 75. */
  @JsonProperty("stopped")
  STOPPED,
  /** All is done; the Pods end with exit code 0. */
  @JsonProperty("done")
  DONE
}
