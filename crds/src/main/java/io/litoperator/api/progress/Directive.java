package io.litoperator.api.progress;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the operator wants of a gang. */
public enum Directive {
  @JsonProperty("continue")
  CONTINUE,
  @JsonProperty("checkpointAndStop")
  CHECKPOINT_AND_STOP,
  /** End at once: the job is over, or another Pod has this one's place. */
  @JsonProperty("abort")
  ABORT
}
