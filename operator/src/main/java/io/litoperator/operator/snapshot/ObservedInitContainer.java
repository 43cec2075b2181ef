package io.litoperator.operator.snapshot;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.litoperator.operator.resource.InitContainers;
import java.time.Instant;
import java.util.Optional;

/**
 * A container that starts before the worker.
 *
 * @param stays whether it is to run beside the worker, and is started again when it ends
 * @param status as its kubelet tells it
 */
public record ObservedInitContainer(boolean stays, ContainerStatus status) {

  static ObservedInitContainer of(Container container, ContainerStatus status) {
    return new ObservedInitContainer(InitContainers.stays(container), status);
  }

  public String name() {
    return status.getName();
  }

  /** Whether the worker need not wait for it any more. */
  boolean isDone() {
    return stays
        ? Boolean.TRUE.equals(status.getStarted())
        : end().filter(end -> end.getExitCode() == 0).isPresent();
  }

  boolean hasStarted() {
    return end().isPresent() || runningSince().isPresent() || lastEnd().isPresent();
  }

  public Optional<Instant> runningSince() {
    return state()
        .map(ContainerState::getRunning)
        .map(running -> Instant.parse(running.getStartedAt()));
  }

  public Optional<ContainerStateTerminated> end() {
    return state().map(ContainerState::getTerminated);
  }

  public Optional<ContainerStateWaiting> waiting() {
    return state().map(ContainerState::getWaiting);
  }

  /** How it ended before it was started again. */
  public Optional<ContainerStateTerminated> lastEnd() {
    return Optional.ofNullable(status.getLastState()).map(ContainerState::getTerminated);
  }

  private Optional<ContainerState> state() {
    return Optional.ofNullable(status.getState());
  }
}
