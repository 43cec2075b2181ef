package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.litoperator.api.v1alpha1.EvaluateSpec.SecretKey;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import io.litoperator.api.v1alpha1.TopologySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The worker's container in its Pod: an agent, which starts the node's ranks. */
record WorkerContainer(
    LitTrainingJobSpec spec, Template template, Ownership ownership, ResourceSettings settings) {
  Container build(String image, PodVolumes files, int index, int attempt) {
    return new ContainerBuilder()
        .withName(JobResources.CONTAINER)
        .withImage(image)
        .withImagePullPolicy(pullPolicy().orElse(null))
        .withArgs("launch")
        .withEnv(environment(index, attempt))
        .withEnvFrom(template.envFrom())
        .withPorts(ports(index))
        .withResources(resources())
        .withVolumeMounts(files.mounts())
        // An agent that is killed writes no message; its last lines are then the evidence.
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withSecurityContext(Privileges.ofContainer(template.securityContext()))
        .build();
  }

  /** On a node's own network the scheduler counts a port as taken there. */
  private List<ContainerPort> ports(int index) {
    return index > 0 && template.hostNetwork()
        ? List.of()
        : List.of(
            new ContainerPortBuilder()
                .withName("rendezvous")
                .withContainerPort(RendezvousPort.of(template, ownership))
                .withProtocol("TCP")
                .build());
  }

  /** The installation's is for its own images. */
  private Optional<String> pullPolicy() {
    Optional<String> given = template.imagePullPolicy();
    return given.isPresent() || spec.image() != null ? given : settings.workerImages().pullPolicy();
  }

  /** What the template says, and a device for each rank. */
  ResourceRequirements resources() {
    var resources = new ResourceRequirementsBuilder(template.resources());
    TopologySpec topology = spec.topology();
    if (topology.device() != TopologySpec.Device.CPU) {
      var devices = new Quantity(topology.ranksPerNode().toString());
      resources
          .addToRequests(topology.resourceName(), devices)
          .addToLimits(topology.resourceName(), devices);
    }
    return resources.build();
  }

  /** Named as torchrun names them, where it does. */
  private List<EnvVar> environment(int index, int attempt) {
    TopologySpec topology = spec.topology();
    List<EnvVar> env = new ArrayList<>();
    env.add(value("MASTER_ADDR", JobResources.podName(ownership.job(), 0) + "." + ownership.job()));
    env.add(value("MASTER_PORT", RendezvousPort.of(template, ownership)));
    env.add(value("NODE_RANK", index));
    env.add(value("NNODES", topology.nodes()));
    env.add(value("LOCAL_WORLD_SIZE", topology.ranksPerNode()));
    env.add(value("LIT_ATTEMPT", attempt));
    env.add(value("LIT_NAMESPACE", ownership.namespace()));
    env.add(value("LIT_JOB_UID", ownership.uid()));
    env.add(value("LIT_REPORT_URL", settings.reportBase().resolve(reportPath())));
    env.add(value("LIT_OUTPUT", PodVolumes.OUTPUT_FOLDER));
    env.add(field("POD_UID", "metadata.uid"));
    env.add(field("POD_IP", "status.podIP"));
    env.add(field("NODE_NAME", "spec.nodeName"));
    References.judgeKey(spec).ifPresent(ref -> env.add(judgeKey(ref)));
    env.addAll(template.env());
    return env;
  }

  private String reportPath() {
    return JobResources.reportPath(ownership.namespace(), ownership.job());
  }

  private static EnvVar value(String name, Object value) {
    return new EnvVarBuilder().withName(name).withValue(value.toString()).build();
  }

  private static EnvVar judgeKey(SecretKey ref) {
    return new EnvVarBuilder()
        .withName(Reserved.JUDGE_KEY)
        .withNewValueFrom()
        .withNewSecretKeyRef(ref.key(), ref.name(), false)
        .endValueFrom()
        .build();
  }

  private static EnvVar field(String name, String path) {
    return new EnvVarBuilder()
        .withName(name)
        .withNewValueFrom()
        .withNewFieldRef("v1", path)
        .endValueFrom()
        .build();
  }
}
