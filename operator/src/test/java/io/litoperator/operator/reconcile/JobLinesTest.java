package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.event.JobEvent;
import io.litoperator.operator.logging.LoggedLines;
import io.litoperator.operator.observe.JobCaches;
import io.litoperator.operator.plan.Action;
import io.litoperator.operator.plan.Plan;
import io.litoperator.operator.plan.Scene;
import io.litoperator.operator.snapshot.Jobs;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That lines logged away from a reconcile's thread name their job; no API server answers. */
class JobLinesTest {
  private final KubernetesClient client =
      new KubernetesClientBuilder()
          .withConfig(
              new ConfigBuilder()
                  .withMasterUrl("http://localhost:1")
                  .withRequestRetryBackoffLimit(0)
                  .build())
          .build();
  private final JobCaches caches = new JobCaches(() -> true);
  private final ExecutorService executor = Executors.newSingleThreadExecutor();

  @AfterEach
  void close() {
    executor.shutdownNow();
    client.close();
  }

  @Test
  void ofEventsThatCannotBeWritten() throws Exception {
    executor.submit(() -> {}).get(); // Its thread inherits nothing from the caller.
    LitTrainingJob job = Jobs.of(2);
    job.setStatus(restarted().status());
    Clock clock = Clock.systemUTC();
    ActionRunner runner =
        new ActionRunner(
            client,
            caches,
            new EventWriter(client, clock, "operator-1"),
            new WritePace(Optional.empty()),
            executor);

    try (LoggedLines logged = new LoggedLines(EventWriter.class)) {
      runner.run(job, new Plan(List.of(emit("Started"), emit("Restarting")), Optional.empty()));

      assertThat(logged.lines())
          .hasSize(2)
          .allMatch(line -> line.contains("] %s 2 Event ".formatted(name(job))));
    }
  }

  private static Scene restarted() {
    return Scene.training("")
        .exit(1, 70)
        .carryOut()
        .pass(Duration.ofSeconds(10))
        .carryOut()
        .carryOut();
  }

  private static Action emit(String reason) {
    return new Action.Emit(new JobEvent(false, reason, "It did.", "1"));
  }

  @Test
  void ofPodsThatCannotBeLetGo() {
    Pod pod = restarted().podsThere().get(1);

    try (LoggedLines logged = new LoggedLines(OrphanedPods.class)) {
      new OrphanedPods(client, caches).letGo(pod);

      assertThat(logged.lines())
          .singleElement()
          .asString()
          .contains("] %s 2 Pod job-1 of a deleted job ".formatted(name(Jobs.of(2))));
    }
  }

  private static String name(LitTrainingJob job) {
    return job.getMetadata().getNamespace() + "/" + job.getMetadata().getName();
  }
}
