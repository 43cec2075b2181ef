package io.litoperator.operator.plan;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.operator.snapshot.ObservedInitContainer;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.status.RestartReason;
import io.litoperator.operator.status.Times;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** The failure of a container that was to run before the worker. */
final class BeforeWorker {
  private static final RestartReason FAILED = RestartReason.INIT_CONTAINER_FAILED;
  private static final int LONGEST_LINE = 200;

  private BeforeWorker() {}

  /** No rule means it by its exit code, which has the meaning that its image gives it. */
  static Cause cause(ObservedPod pod, ObservedInitContainer container, Instant now) {
    ContainerStateTerminated end = container.end().orElseThrow();
    Optional<String> output = Termination.output(end);
    String what =
        Cause.isOutOfMemory(end)
            ? "was killed for using more memory than its limit"
            : "exited with code " + end.getExitCode();
    return new Cause(
        new LastFailure(
            FAILED.word(),
            "Init container %s of Pod %s %s%s"
                .formatted(
                    container.name(),
                    pod.name(),
                    what,
                    output.map(lines -> ": " + lastLine(lines)).orElse(".")),
            null,
            null,
            pod.pod().getSpec().getNodeName(),
            output.orElse(null),
            Times.format(Optional.ofNullable(end.getFinishedAt()).map(Instant::parse).orElse(now))),
        Set.of(FAILED.word()),
        false);
  }

  private static String lastLine(String output) {
    String line = output.substring(output.lastIndexOf('\n') + 1);
    return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "…";
  }
}
