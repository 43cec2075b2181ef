package io.litoperator.worker.distributed.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.RecoveryPlan;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Listener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Agents with real rank processes, and what they tell. */
abstract class AgentScene {
  static final int STEPS = 40;
  static final RecoveryPlan PATIENT = new RecoveryPlan(3, Duration.ofMinutes(5));

  @TempDir static Path shared;

  /** What two ranks end with when nothing happens to them. */
  static Path undisturbed;

  @TempDir Path folder;
  final List<Event> events = new ArrayList<>();
  Path output;
  Path states;

  @BeforeAll
  static void runUndisturbed() {
    Path states = shared.resolve("states");
    undisturbed = states.resolve("state");
    agent(2, PATIENT, undisturbed(states), shared, event -> {}).run();
  }

  @BeforeEach
  void nameFolders() {
    output = folder.resolve("output");
    states = folder.resolve("states");
  }

  Agent agent(int worldSize, RecoveryPlan recovery, TestRank.Script script, Listener listener) {
    return agent(worldSize, recovery, script, output, listener);
  }

  static Agent agent(
      int worldSize,
      RecoveryPlan recovery,
      TestRank.Script script,
      Path output,
      Listener listener) {
    Path state = script.folder().resolve("state");
    return new Agent(
        new AgentPlan(worldSize, 0, output, recovery),
        script.command(),
        () -> Optional.of(state).filter(Files::exists).map(Path::toString),
        listener);
  }

  /** The same, of an agent that has a successor when it exits. */
  static AgentPlan ofAPod(AgentPlan plan) {
    return new AgentPlan(
        plan.node(),
        plan.nodes(),
        plan.ranks(),
        plan.address(),
        plan.port(),
        plan.secret(),
        plan.output(),
        plan.recovery(),
        Optional.empty());
  }

  static TestRank.Script undisturbed(Path folder) {
    return TestRank.Script.undisturbed(folder, STEPS);
  }

  TestRank.Script faulty(String fault, int rank, int step, int attempts) {
    return new TestRank.Script(states, STEPS, fault, rank, step, attempts);
  }

  static Failure failureOf(Agent agent) {
    Failure failure = catchThrowableOfType(Failure.class, agent::run);
    assertThat(failure).isNotNull();
    return failure;
  }

  List<Event.Restarted> restarts() {
    return events.stream()
        .filter(Event.Restarted.class::isInstance)
        .map(Event.Restarted.class::cast)
        .toList();
  }

  List<Integer> stepsTold(int rank) {
    return events.stream()
        .filter(Event.Notice.class::isInstance)
        .map(event -> ((Event.Notice) event).message().split(" "))
        .filter(words -> words[2].equals(String.valueOf(rank)))
        .map(words -> Integer.valueOf(words[4]))
        .toList();
  }

  static boolean tells(Event event, int rank, int step) {
    return event instanceof Event.Notice notice
        && notice.message().endsWith(" rank " + rank + " step " + step);
  }

  static ProcessHandle pid(Event event) {
    String[] words = ((Event.Notice) event).message().split(" ");
    return ProcessHandle.of(Long.parseLong(words[0])).orElseThrow();
  }
}
