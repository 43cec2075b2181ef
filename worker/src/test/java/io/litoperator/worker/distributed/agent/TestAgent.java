package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.plan.RecoveryPlan;
import io.litoperator.worker.report.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** An agent as a process of its own, for tests that signal it. Prints its ranks' notices. */
public final class TestAgent {
  private TestAgent() {}

  /**
   * @param arguments the output folder
   */
  public static void main(String[] arguments) {
    Path output = Path.of(arguments[0]);
    AgentPlan plan = new AgentPlan(2, 0, output, new RecoveryPlan(0, Duration.ofMinutes(5)));
    TestRank.Script endless = TestRank.Script.undisturbed(output.resolve("states"), 1_000_000);
    Agent agent = new Agent(plan, endless.command(), Optional::empty, TestAgent::print);
    System.exit(agent.run().code());
  }

  private static void print(Event event) {
    if (event instanceof Event.Notice notice) {
      System.out.println(notice.message());
    }
  }
}
