package io.litoperator.api.v1alpha1;

import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.List;
import java.util.Map;

/**
 * Overrides of the worker Pods' template, in the words of a PodTemplateSpec.
 *
 * @param labels Added to the Pods.
 * @param annotations Added to the Pods.
 * @param resources Of the worker container; GPUs come from topology.
 * @param env Added to the worker container.
 * @param volumes Added to the Pods.
 * @param volumeMounts Added to the worker container.
 * @param nodeSelector Labels that a node must have.
 * @param tolerations Taints that a node may have.
 * @param serviceAccountName Of the Pods; they are given no token for the API server.
 */
public record PodOverrides(
    @Size(max = 64) Map<String, String> labels,
    @Size(max = 64) Map<String, String> annotations,
    ResourceRequirements resources,
    @Size(max = 128) List<EnvVar> env,
    @Size(max = 64) List<Volume> volumes,
    @Size(max = 64) List<VolumeMount> volumeMounts,
    @Size(max = 64) Map<String, String> nodeSelector,
    @Size(max = 64) List<Toleration> tolerations,
    @Size(max = 253) String serviceAccountName) {}
