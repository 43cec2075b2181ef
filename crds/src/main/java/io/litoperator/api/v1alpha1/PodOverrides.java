package io.litoperator.api.v1alpha1;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodResourceClaim;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.SecurityContext;
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
 * @param resourceClaims Of the Pods, for resources.claims.
 * @param env Added to the worker container.
 * @param envFrom ConfigMaps and Secrets whose entries are variables of the worker container; those
 *     of env and of the operator win.
 * @param initContainers Run before the worker container, one after another, or beside it with
 *     restartPolicy Always. What a securityContext leaves out is as the operator has it for the
 *     worker.
 * @param volumes Added to the Pods.
 * @param volumeMounts Added to the worker container.
 * @param nodeSelector Labels that a node must have.
 * @param affinity Of the Pods. Anti-affinity replaces the operator's, by which Pods avoid nodes
 *     that have one of their job; scheduling.topologyKey is added to the rest.
 * @param tolerations Taints that a node may have.
 * @param runtimeClassName Of the Pods.
 * @param serviceAccountName Of the Pods; they are given no token for the API server.
 * @param imagePullPolicy Of the worker container. Default: the operator's for its own images;
 *     Kubernetes' own for one that spec.image names.
 * @param imagePullSecrets Beside the operator's.
 * @param podSecurityContext Of the Pods. What it leaves out is as the operator has it: user, group
 *     and fsGroup 65532, not root, the runtime's seccomp profile.
 * @param securityContext Of the worker container. What it leaves out is as the operator has it: no
 *     capabilities, no escalation of privileges, a read-only root.
 * @param hostNetwork Whether the Pods use the network of their nodes, as some RDMA set-ups need.
 * @param terminationGracePeriodSeconds What a worker is given to save a checkpoint between SIGTERM
 *     and SIGKILL. Default: the operator's.
 */
public record PodOverrides(
    @Size(max = 64) Map<String, String> labels,
    @Size(max = 64) Map<String, String> annotations,
    ResourceRequirements resources,
    @Size(max = 32) List<PodResourceClaim> resourceClaims,
    @Size(max = 128) List<EnvVar> env,
    @Size(max = 32) List<EnvFromSource> envFrom,
    @Size(max = 16) List<Container> initContainers,
    @Size(max = 64) List<Volume> volumes,
    @Size(max = 64) List<VolumeMount> volumeMounts,
    @Size(max = 64) Map<String, String> nodeSelector,
    Affinity affinity,
    @Size(max = 64) List<Toleration> tolerations,
    @Size(max = 253) String runtimeClassName,
    @Size(max = 253) String serviceAccountName,
    @Pattern("^(Always|IfNotPresent|Never)$") @Size(max = 16) String imagePullPolicy,
    @Size(max = 32) List<LocalObjectReference> imagePullSecrets,
    PodSecurityContext podSecurityContext,
    SecurityContext securityContext,
    Boolean hostNetwork,
    @Min(1) @Max(604800) Long terminationGracePeriodSeconds) {}
