package io.litoperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;

/**
 * Queue, gang and placement.
 *
 * @param queueName Kueue's local queue.
 * @param gang What makes all Pods start together or none.
 * @param priorityClassName Of the Pods.
 * @param topologyKey Node label within one value of which all Pods are placed.
 */
public record SchedulingSpec(
    @Size(min = 1, max = 253) String queueName,
    @Default("none") Gang gang,
    @Size(min = 1, max = 253) String priorityClassName,
    @Size(min = 1, max = 316) String topologyKey) {

  public enum Gang {
    @JsonProperty("none")
    NONE,
    @JsonProperty("kueue")
    KUEUE,
    @JsonProperty("volcano")
    VOLCANO,
    @JsonProperty("coscheduling")
    COSCHEDULING
  }
}
