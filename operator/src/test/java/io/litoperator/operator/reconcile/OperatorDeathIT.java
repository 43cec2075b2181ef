package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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

  /** The API server has the operator to serve. */
  private static final Duration AT_LEISURE = Duration.ofMillis(25);

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
    int writes = life.countsFromBirth() ? lastWrite : Integer.MAX_VALUE;
    try (Operators operators = new Operators(jobs, writes);
        PodHistory pods = jobs.history()) {
      LitTrainingJob job = jobs.create();
      Deque<JobLife.Turn> turns = new ArrayDeque<>(life.turns());
      await()
          .pollInterval(AT_LEISURE)
          .atMost(WHOLE_LIFE)
          .untilAsserted(
              () -> {
                operators.replaceTheDead();
                boolean isFirst = turns.size() == life.turns().size();
                if (goOn(jobs, job, turns) && isFirst && !life.countsFromBirth()) {
                  operators.current().dieAfter(lastWrite);
                }
                assertThat(jobs.phase(job))
                    .as("%s, then before %s", when, turns)
                    .isEqualTo(Phase.SUCCEEDED);
              });
      LitTrainingJobStatus status = jobs.live(job).getStatus();
      assertThat(status.restarts().byReason()).as(when).isEqualTo(life.restarts());
      assertThat(status.members()).as(when).hasSize(life.nodesAtTheEnd());
      assertThat(pods.all()).as("all Pods there ever were, " + when).hasSize(life.pods());
      return operators.sawADeath();
    }
  }

  /** Operators, the next of which starts once the one before it has died. */
  private static final class Operators implements AutoCloseable {
    private final JobNamespace jobs;
    private OperatorProcess current;
    private boolean sawADeath;

    Operators(JobNamespace jobs, int writesOfTheFirst) {
      this.jobs = jobs;
      this.current = jobs.start(writesOfTheFirst);
    }

    void replaceTheDead() {
      if (current.isDead()) {
        current.close();
        current = jobs.start();
        sawADeath = true;
      }
    }

    OperatorProcess current() {
      return current;
    }

    boolean sawADeath() {
      return sawADeath;
    }

    @Override
    public void close() {
      current.close();
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
