package io.litoperator.worker.distributed.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.RecoveryPlan;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.GangEvent;
import io.litoperator.worker.report.Listener;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Agents with real rank processes, which die and hang. */
@Timeout(120)
class AgentIT extends AgentScene {
  /** A busy machine's ranks are slow, too. */
  private static final RecoveryPlan IMPATIENT = new RecoveryPlan(3, Duration.ofSeconds(3));

  @ParameterizedTest(name = "{0} ranks")
  @ValueSource(ints = {1, 3})
  void ranksTrainToTheEndAndTheirEventsArrive(int worldSize) throws IOException {
    ExitCode code = agent(worldSize, PATIENT, undisturbed(states), events::add).run();

    assertThat(code).isEqualTo(ExitCode.DONE);
    assertThat(events).hasSize(worldSize * STEPS);
    assertThat(stepsTold(0)).hasSize(STEPS).isSorted();
    for (int rank = 0; rank < worldSize; rank++) {
      assertThat(Files.readString(output.resolve("logs/rank-" + rank + ".log")))
          .contains("--- rank " + rank + " of " + worldSize + ", attempt 1")
          .contains("hello from rank " + rank);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2})
  void aRankKilledAtAnyMomentDoesNotChangeTheResult(long seed) throws IOException {
    Random random = new Random(seed);
    // Ranks that have ended before the kill reaches them end well.
    int step = 1 + random.nextInt(STEPS / 2);
    int rank = random.nextInt(2);
    Listener killer =
        event -> {
          events.add(event);
          if (restarts().isEmpty() && tells(event, rank, step)) {
            pid(event).destroyForcibly();
          }
        };

    ExitCode code = agent(2, PATIENT, undisturbed(states), killer).run();

    assertThat(code).isEqualTo(ExitCode.DONE);
    assertThat(restarts()).hasSize(1);
    assertThat(restarts().get(0).message()).contains("Rank " + rank, "SIGKILL");
    assertThat(states.resolve("state")).hasSameBinaryContentAs(undisturbed);
  }

  @Test
  void severalKillsInOneRunDoNotChangeTheResult() throws IOException {
    ExitCode code = agent(2, PATIENT, faulty("kill", 1, 23, 3), events::add).run();

    assertThat(code).isEqualTo(ExitCode.DONE);
    assertThat(restarts()).extracting(Event.Restarted::attempt).containsExactly(2, 3, 4);
    assertThat(restarts()).allSatisfy(r -> assertThat(r.resumedFrom()).endsWith("state"));
    assertThat(states.resolve("state")).hasSameBinaryContentAs(undisturbed);
  }

  @Test
  void usedUpRestartsFailWithRankSignalAndLog() {
    RecoveryPlan once = new RecoveryPlan(1, Duration.ofMinutes(5));

    Failure failure = failureOf(agent(2, once, faulty("kill", 1, 3, 9), events::add));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.PEER_LOST);
    assertThat(failure)
        .hasMessageContaining("Rank 1 was killed by signal 9 (SIGKILL)")
        .hasMessageContaining(output.resolve("logs/rank-1.log").toString());
    assertThat(restarts()).hasSize(1);
  }

  @Test
  void aPermanentFailureIsNotTriedAgain() {
    Failure failure = failureOf(agent(2, PATIENT, faulty("fail:65", 0, 4, 9), events::add));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_DATA);
    assertThat(failure).hasMessage("Line 7 of data.json is broken.");
    assertThat(restarts()).isEmpty();
  }

  @Test
  void anExitWithoutLastWordsIsRestarted() throws IOException {
    ExitCode code = agent(2, PATIENT, faulty("exit:3", 0, 12, 1), events::add).run();

    assertThat(code).isEqualTo(ExitCode.DONE);
    assertThat(restarts()).hasSize(1);
    assertThat(restarts().get(0).message()).contains("Rank 0 ended with exit code 3");
    assertThat(states.resolve("state")).hasSameBinaryContentAs(undisturbed);
  }

  @Test
  void theSameDefectTwiceWithoutProgressIsNotTriedAgain() {
    Failure failure = failureOf(agent(2, PATIENT, faulty("throw", 1, 7, 9), events::add));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INTERNAL);
    assertThat(failure)
        .hasMessageStartingWith("The same defect every time.")
        .hasMessageContaining("twice without progress")
        .hasMessageContaining("rank-1.log");
    assertThat(restarts()).hasSize(1);
  }

  @ParameterizedTest(name = "in a Pod: {0}, tried again {1} times")
  @CsvSource({"true, 1", "false, 3"})
  void aDeviceThatFailsTwiceIsLeftForAnotherMachineIfThereIsOne(boolean inAPod, int restarts) {
    AgentPlan alone = new AgentPlan(2, 0, output, PATIENT);
    List<Boolean> inPlace = new ArrayList<>();
    GangEvent.Watcher watcher =
        event -> {
          if (event instanceof GangEvent.Failed failed) {
            inPlace.add(failed.restarts());
          }
        };
    Agent agent =
        new Agent(
            inAPod ? ofAPod(alone) : alone,
            faulty("fail:71", 1, 3, 9).command(),
            Ledger.of(Optional::empty),
            events::add,
            watcher);

    assertThat(failureOf(agent).exitCode()).isEqualTo(ExitCode.ACCELERATOR);
    assertThat(restarts()).hasSize(restarts);
    assertThat(inPlace).hasSize(restarts + 1).endsWith(false).startsWith(true);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"hang, hangHere", "freeze, The process did not answer"})
  void aRankThatMakesNoProgressIsFoundAndItsStackIsKept(String fault, String evidence)
      throws IOException {
    ExitCode code = agent(2, IMPATIENT, faulty(fault, 1, 12, 1), events::add).run();

    assertThat(code).isEqualTo(ExitCode.DONE);
    assertThat(restarts()).extracting(Event.Restarted::reason).containsExactly("HANG");
    assertThat(restarts().get(0).message()).contains("Rank 1", "step 11");
    assertThat(output.resolve("evidence/attempt-1-rank-1.txt")).content().contains(evidence);
    assertThat(output.resolve("evidence/attempt-1-rank-0.txt")).content().contains("agent-link");
    assertThat(states.resolve("state")).hasSameBinaryContentAs(undisturbed);
  }

  @Test
  void ranksWaitForOneThatGetsOnWithItsFilesWhichIsTold() throws IOException {
    ExitCode code = agent(3, PATIENT, faulty("work", 0, 12, 1), events::add).run();

    assertThat(code).isEqualTo(ExitCode.DONE);
    assertThat(restarts()).isEmpty();
    assertThat(stepsTold(2)).hasSize(STEPS);
    assertThat(events)
        .filteredOn(Event.FileProgress.class::isInstance)
        .isNotEmpty()
        .allMatch(told -> ((Event.FileProgress) told).work().equals("writing"));
  }

  @Test
  void ranksDoNotWaitForOneThatGetsOnWithNothing() throws IOException {
    ExitCode code = agent(2, PATIENT, faulty("stall", 0, 12, 1), events::add).run();

    assertThat(code).isEqualTo(ExitCode.DONE);
    assertThat(restarts()).extracting(Event.Restarted::reason).containsExactly("PEER_LOST");
    assertThat(states.resolve("state")).hasSameBinaryContentAs(undisturbed);
  }

  @Test
  void aDiskThatTakesNeitherStacksNorLogsKeepsNoRankFromRunning() throws IOException {
    Files.createDirectories(output);
    Files.createFile(output.resolve("evidence"));
    Files.createFile(output.resolve("logs"));
    List<String> notices = new ArrayList<>();
    Listener listener =
        event -> {
          events.add(event);
          if (event instanceof Event.Notice notice && notice.message().contains("cannot be kept")) {
            notices.add(notice.message());
          }
        };

    ExitCode code = agent(2, IMPATIENT, faulty("hang", 1, 12, 1), listener).run();

    assertThat(code).isEqualTo(ExitCode.DONE);
    assertThat(restarts()).extracting(Event.Restarted::reason).containsExactly("HANG");
    assertThat(notices)
        .satisfiesExactly(
            logs -> assertThat(logs).contains(output.resolve("logs").toString()),
            stacks -> assertThat(stacks).contains(output.resolve("evidence").toString()));
    assertThat(states.resolve("state")).hasSameBinaryContentAs(undisturbed);
  }
}
