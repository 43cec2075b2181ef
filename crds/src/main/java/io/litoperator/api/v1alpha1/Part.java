package io.litoperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The parts of a model that a stage can train. */
public enum Part {
  @JsonProperty("visionTower")
  VISION_TOWER,
  @JsonProperty("connector")
  CONNECTOR,
  @JsonProperty("languageModel")
  LANGUAGE_MODEL
}
