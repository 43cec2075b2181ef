package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.controlplane.ApiServerExtension;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The operator's process ends after each of its writes in turn, and another takes over. */
@ExtendWith(ApiServerExtension.class)
class OperatorDeathIT {
  private static final Duration WHOLE_LIFE = Duration.ofSeconds(40);

  private final KubernetesClient client;

  OperatorDeathIT(KubernetesClient client) {
    this.client = client;
  }

  @ParameterizedTest(name = "a job that {0}")
  @EnumSource
  void endsWellWhereverTheOperatorDies(JobLife life) {
    for (int lastWrite = 1; ; lastWrite++) {
      if (!diesAndEndsWell(life, new JobNamespace(client), lastWrite)) {
        assertThat(lastWrite).as("writes that it died at").isBetween(6, 24);
        return;
      }
    }
  }

  /** Whether the first operator died on the way. */
  private boolean diesAndEndsWell(JobLife life, JobNamespace jobs, int lastWrite) {
    String when = "death at write " + lastWrite;
    OperatorProcess operator = jobs.start(life.countsFromBirth() ? lastWrite : Integer.MAX_VALUE);
    boolean died = false;
    try (PodHistory pods = jobs.history()) {
      LitTrainingJob job = jobs.create();
      Deque<JobLife.Turn> turns = new ArrayDeque<>(life.turns());
      long giveUp = System.nanoTime() + WHOLE_LIFE.toNanos();
      while (jobs.phase(job) != Phase.SUCCEEDED) {
        assertThat(System.nanoTime()).as("%s, then before %s", when, turns).isLessThan(giveUp);
        if (!died && operator.isDead()) {
          operator.close();
          operator = jobs.start();
          died = true;
        }
        boolean isFirst = turns.size() == life.turns().size();
        if (goOn(jobs, job, turns) && isFirst && !life.countsFromBirth()) {
          operator.dieAfter(lastWrite);
        }
      }
      LitTrainingJobStatus status = jobs.live(job).getStatus();
      assertThat(status.restarts().byReason()).as(when).isEqualTo(life.restarts());
      assertThat(status.members()).as(when).hasSize(life.nodesAtTheEnd());
      assertThat(pods.all()).as("all Pods there ever were, " + when).hasSize(life.pods());
      return died;
    } finally {
      operator.close();
    }
  }

  /** Lets the cluster go on by one step; whether that was a turn. */
  private boolean goOn(JobNamespace jobs, LitTrainingJob job, Deque<JobLife.Turn> turns) {
    LitTrainingJob live = jobs.live(job);
    for (Pod pod : jobs.workers().pods()) {
      if ("Pending".equals(pod.getStatus().getPhase())) {
        jobs.workers().run(pod);
      }
    }
    boolean isDue = !turns.isEmpty() && turns.peek().isDue(live, jobs.workers().pods());
    if (isDue) {
      turns.poll().act().accept(jobs, live);
    }
    return isDue;
  }
}
