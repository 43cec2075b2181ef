package io.litoperator.worker.distributed.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.RecoveryPlan;
import io.litoperator.worker.report.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Agents that are stopped, or cannot start. */
@Timeout(120)
class AgentStopIT extends AgentScene {
  @Test
  void aStopSavesAndTheNextRunGoesOnFromThere() throws IOException {
    AtomicReference<Agent> agent = new AtomicReference<>();
    Listener stopper =
        event -> {
          events.add(event);
          if (tells(event, 0, 13)) {
            agent.get().requestStop();
          }
        };
    agent.set(agent(2, PATIENT, undisturbed(states), stopper));

    assertThat(agent.get().run()).isEqualTo(ExitCode.INTERRUPTED);
    int stoppedAt = stepsTold(0).get(stepsTold(0).size() - 1);
    assertThat(stoppedAt).isLessThan(STEPS);
    assertThat(stepsTold(1)).last().isEqualTo(stoppedAt);

    events.clear();
    assertThat(agent(2, PATIENT, undisturbed(states), events::add).run()).isEqualTo(ExitCode.DONE);
    assertThat(stepsTold(0)).first().isEqualTo(stoppedAt + 1);
    assertThat(states.resolve("state")).hasSameBinaryContentAs(undisturbed);
  }

  @Test
  void aSecondStopEndsRanksThatDoNotHeedTheFirst() {
    AtomicReference<Agent> agent = new AtomicReference<>();
    Listener stopper =
        event -> {
          if (tells(event, 0, 10) || tells(event, 0, 20)) {
            agent.get().requestStop();
          }
          assertThat(tells(event, 0, 100_000)).isFalse();
        };
    TestRank.Script deaf = new TestRank.Script(states, 100_000, "deaf", -1, -1, 0);
    agent.set(agent(2, PATIENT, deaf, stopper));

    assertThat(agent.get().run()).isEqualTo(ExitCode.TERMINATED);
  }

  /** A process group gets its signal while its ranks still start, and do not ignore it yet. */
  @Test
  void aStopBeforeRanksHaveConnectedIsNoFailure() throws Exception {
    Path started = folder.resolve("started");
    RankCommand slow =
        new RankCommand(
            List.of("sh", "-c", "echo $$ >$0.new && mv $0.new $0; exec sleep 60", "" + started),
            Map.of());
    AgentPlan plan = new AgentPlan(1, 0, output, new RecoveryPlan(0, Duration.ofMinutes(5)));
    Agent agent = new Agent(plan, slow, Optional::empty, events::add);
    CompletableFuture<ExitCode> running = CompletableFuture.supplyAsync(agent::run);
    while (!Files.exists(started)) {
      Thread.sleep(20);
    }

    agent.requestStop();
    ProcessHandle.of(Long.parseLong(Files.readString(started).strip()))
        .ifPresent(ProcessHandle::destroy);

    assertThat(running.get(60, TimeUnit.SECONDS)).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(events).isEmpty();
  }

  @Test
  void aProgramThatCannotBeStartedIsNamed() {
    RankCommand missing = new RankCommand(List.of("/no/such/program"), Map.of());
    AgentPlan plan = new AgentPlan(1, 0, output, PATIENT);

    assertThatThrownBy(() -> new Agent(plan, missing, Optional::empty, events::add).run())
        .isInstanceOf(Failure.class)
        .hasMessageContaining("/no/such/program");
  }

  /** A Pod's successor may find it free. */
  @ParameterizedTest(name = "in a Pod: {0}")
  @CsvSource({"false, INVALID", "true, INTERNAL"})
  void aPortThatIsTakenIsNamed(boolean inAPod, ExitCode code) throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      AgentPlan alone = new AgentPlan(1, taken.getLocalPort(), output, PATIENT);
      AgentPlan plan = inAPod ? ofAPod(alone) : alone;
      Agent agent = new Agent(plan, undisturbed(states).command(), Optional::empty, events::add);

      Failure failure = failureOf(agent);

      assertThat(failure.exitCode()).isEqualTo(code);
      assertThat(failure)
          .hasMessageMatching("Port %d .*is taken.*".formatted(taken.getLocalPort()));
    }
  }
}
