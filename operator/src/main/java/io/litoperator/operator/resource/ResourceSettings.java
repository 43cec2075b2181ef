package io.litoperator.operator.resource;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What the operator's installation decides about every job's objects.
 *
 * @param workerImages of jobs that name no image
 * @param workerUser number of the user, the group and the volumes' group of Pods; empty leaves them
 *     to the cluster
 * @param reportBase scheme, host and port of the progress endpoint as Pods reach it, without a
 *     path: {@code https://lit-operator.lit-system.svc:8443}
 * @param operatorNamespace where the operator's Pods are; the jobs' Pods may talk to these
 * @param operatorPodLabels that select them
 * @param terminationGracePeriod what Pods get to save a checkpoint after SIGTERM, before SIGKILL
 * @param coschedulingScheduler name of the scheduler that runs the coscheduling plugin
 * @param tokenKey of the jobs' tokens
 */
public record ResourceSettings(
    WorkerImages workerImages,
    Optional<Long> workerUser,
    URI reportBase,
    String operatorNamespace,
    Map<String, String> operatorPodLabels,
    Duration terminationGracePeriod,
    String coschedulingScheduler,
    TokenKey tokenKey) {

  /** The port of the operator's Pods that takes progress reports. */
  public static final int REPORT_PORT = 8443;

  public ResourceSettings {
    operatorPodLabels = Map.copyOf(operatorPodLabels);
  }
}
