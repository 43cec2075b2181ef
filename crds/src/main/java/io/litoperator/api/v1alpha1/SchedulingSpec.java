package io.litoperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * Queue, gang and placement.
 *
 * @param queueName Kueue's local queue; with volcano, Volcano's queue.
 * @param gang What makes all Pods start together or none. A queue of Kueue's admits them together
 *     in any case.
 * @param priorityClassName Of the Pods.
 * @param topologyKey Node label within one value of which all Pods are placed.
 */
@ValidationRule(
    value = "self.gang != 'kueue' || has(self.queueName)",
    message = "gang kueue needs the name of Kueue's local queue",
    fieldPath = ".queueName")
public record SchedulingSpec(
    @Pattern(NAME) @Size(min = 1, max = 63) String queueName,
    @Default("none") Gang gang,
    @Pattern(NAME) @Size(min = 1, max = 253) String priorityClassName,
    @Pattern("^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$")
        @Size(min = 1, max = 316)
        String topologyKey) {

  /** Of an object; the queue's is also a label's value. */
  private static final String NAME = "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$";

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
