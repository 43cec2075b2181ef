package io.litoperator.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * 9. Init containers and sidecars: they run before and beside the worker, what becomes of them is
 * told, and none of it is taken for a rank's end. Beside the other scenarios.
 */
@Scenario
@Order(9)
@Execution(ExecutionMode.CONCURRENT)
class InitContainersIT {
  private static final Duration LIMIT = Duration.ofMinutes(8);

  private final Testbed testbed;

  InitContainersIT(Testbed testbed) {
    this.testbed = testbed;
  }

  /** The second sidecar ends again and again. */
  @Test
  void aJobRunsAfterAndBesideThem() {
    JobFile file =
        JobFile.shortFinetune(Testbed.repository(), "beside-sidecars")
            .withOneRank()
            .with("/spec/finetune/maxSteps", 10)
            .with(
                "/spec/template/initContainers",
                List.of(
                    Map.of("name", "stays", "image", "lit.test/pause:1", "restartPolicy", "Always"),
                    lit("ends", "Always", "--version"),
                    lit("prepare", null, "--version")));
    try (RunningJob job = testbed.apply(file)) {
      job.await(Phase.FINETUNING, LIMIT);
      Pod running = job.pod(0);
      LitTrainingJobStatus end = job.await(Phase.SUCCEEDED, LIMIT);

      assertThat(end.restarts().byReason()).isEmpty();
      assertThat(running.getStatus().getInitContainerStatuses())
          .extracting(ContainerStatus::getName)
          .containsExactly("stays", "ends", "prepare");
      assertThat(running.getStatus().getInitContainerStatuses().get(0).getState().getRunning())
          .isNotNull();
      assertThat(running.getStatus().getInitContainerStatuses().get(1).getRestartCount())
          .isPositive();
    }
  }

  /** With the exit code by which a worker would say that no restart helps. */
  @Test
  void oneThatFailsIsToldAndAnotherPodTriesIt() {
    JobFile file =
        JobFile.shortFinetune(Testbed.repository(), "init-fails")
            .with("/spec/recovery/maxRestarts", 1)
            .with(
                "/spec/template/initContainers",
                List.of(lit("prepare", null, "check", "/nowhere.yaml")));
    String message = "Init container prepare of Pod init-fails-0 exited with code 66: ";
    try (RunningJob job = testbed.apply(file)) {
      LitTrainingJobStatus waiting =
          job.await(
              "paused",
              LIMIT,
              status -> status.pending() != null && status.pending().reason().equals("BackOff"));
      assertThat(waiting.phase()).isEqualTo(Phase.RESTARTING);
      assertThat(waiting.pending().message()).contains(message).contains("/nowhere.yaml");

      LitTrainingJobStatus end = job.await(Phase.FAILED, LIMIT);
      assertThat(end.restarts().byReason()).isEqualTo(Map.of("InitContainerFailed", 1));
      assertThat(end.lastFailure().reason()).isEqualTo("InitContainerFailed");
      assertThat(end.lastFailure().message()).startsWith(message);
      assertThat(end.lastFailure().evidence()).contains("/nowhere.yaml");
      assertThat(end.conditions().get(0).getReason()).isEqualTo("RestartsExhausted");
    }
  }

  private static Map<String, Object> lit(String name, String restartPolicy, String... arguments) {
    Map<String, Object> container =
        new LinkedHashMap<>(
            Map.of(
                "name",
                name,
                "image",
                OperatorRelease.workerImageForCpus(),
                "args",
                List.of(arguments)));
    if (restartPolicy != null) {
      container.put("restartPolicy", restartPolicy);
    }
    return container;
  }
}
