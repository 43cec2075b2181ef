package io.litoperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * Nodes and ranks. A rank is a process with one device.
 *
 * @param nodes Pods, each on a node of its own where there are enough.
 * @param ranksPerNode Ranks in a Pod.
 * @param device What a rank computes on. Default: cuda in a cluster, cpu outside.
 * @param resourceName The extended resource that stands for a GPU.
 */
@ValidationRule(
    value =
        "has(self.device) == has(oldSelf.device) && (!has(self.device) || self.device == oldSelf.device)",
    message = "is immutable",
    fieldPath = ".device")
@ValidationRule(
    value =
        "has(self.resourceName) == has(oldSelf.resourceName) && (!has(self.resourceName) || self.resourceName == oldSelf.resourceName)",
    message = "is immutable",
    fieldPath = ".resourceName")
public record TopologySpec(
    @Default("1") @Min(1) @Max(1024) Integer nodes,
    @Default("1") @Min(1) @Max(64) Integer ranksPerNode,
    Device device,
    @Default("nvidia.com/gpu") @Pattern("^[a-z0-9.-]+/[A-Za-z0-9._-]+$") @Size(max = 316)
        String resourceName) {

  public enum Device {
    @JsonProperty("cpu")
    CPU,
    @JsonProperty("cuda")
    CUDA
  }
}
