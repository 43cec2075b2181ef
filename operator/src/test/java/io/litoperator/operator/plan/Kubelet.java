package io.litoperator.operator.plan;

import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;

/** What a kubelet writes into a Pod of its node. */
final class Kubelet {
  private Kubelet() {}

  static PodBuilder runs(PodBuilder pod, Instant since) {
    return worker(
        pod, "Running", new ContainerStateBuilder().withNewRunning(since.toString()).build());
  }

  /**
   * @param reason its own, like OOMKilled
   * @param message the worker's
   */
  static PodBuilder ended(PodBuilder pod, int code, String reason, String message, Instant at) {
    return worker(
        pod,
        code == 0 ? "Succeeded" : "Failed",
        new ContainerStateBuilder()
            .withNewTerminated()
            .withExitCode(code)
            .withReason(reason)
            .withMessage(message)
            .withFinishedAt(at.toString())
            .endTerminated()
            .build());
  }

  static PodBuilder waits(PodBuilder pod, String reason, String message) {
    return worker(
        pod, "Pending", new ContainerStateBuilder().withNewWaiting(message, reason).build());
  }

  static PodBuilder rejects(PodBuilder pod, String reason) {
    return pod.withNewStatus()
        .withPhase("Failed")
        .withReason(reason)
        .withMessage("Pod was rejected: no healthy devices")
        .endStatus();
  }

  private static PodBuilder worker(PodBuilder pod, String phase, ContainerState state) {
    return pod.editOrNewStatus()
        .withPhase(phase)
        .withContainerStatuses()
        .addNewContainerStatus()
        .withName("worker")
        .withState(state)
        .endContainerStatus()
        .endStatus();
  }

  static PodBuilder initRuns(PodBuilder pod, String name, Instant since) {
    return init(
        pod,
        null,
        new ContainerStatusBuilder()
            .withName(name)
            .withNewState()
            .withNewRunning(since.toString())
            .endState()
            .build());
  }

  /**
   * @param output its last lines
   */
  static PodBuilder initEnded(PodBuilder pod, String name, int code, String output, Instant at) {
    return init(
            pod,
            null,
            new ContainerStatusBuilder()
                .withName(name)
                .withNewState()
                .withNewTerminated()
                .withExitCode(code)
                .withMessage(output)
                .withFinishedAt(at.toString())
                .endTerminated()
                .endState()
                .build())
        .editStatus()
        .withPhase(code == 0 ? "Pending" : "Failed")
        .endStatus();
  }

  static PodBuilder initWaits(PodBuilder pod, String name, String reason, String message) {
    return init(
        pod,
        null,
        new ContainerStatusBuilder()
            .withName(name)
            .withNewState()
            .withNewWaiting(message, reason)
            .endState()
            .build());
  }

  static PodBuilder sidecarCrashed(PodBuilder pod, String name, int code, boolean started) {
    return init(
        pod,
        "Always",
        new ContainerStatusBuilder()
            .withName(name)
            .withStarted(started)
            .withNewState()
            .withNewWaiting("back-off 10s restarting failed container", "CrashLoopBackOff")
            .endState()
            .withNewLastState()
            .withNewTerminated()
            .withExitCode(code)
            .endTerminated()
            .endLastState()
            .build());
  }

  /** The Pod has no such container before. */
  private static PodBuilder init(PodBuilder pod, String restartPolicy, ContainerStatus status) {
    return pod.editSpec()
        .withInitContainers(
            new ContainerBuilder()
                .withName(status.getName())
                .withRestartPolicy(restartPolicy)
                .build())
        .endSpec()
        .editOrNewStatus()
        .withInitContainerStatuses(status)
        .endStatus();
  }
}
