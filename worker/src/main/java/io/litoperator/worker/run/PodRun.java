package io.litoperator.worker.run;

import io.litoperator.api.job.Venue;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.TopologySpec;
import io.litoperator.worker.checkpoint.JobFiles;
import io.litoperator.worker.distributed.HostNames;
import io.litoperator.worker.distributed.agent.AgentPlan;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.Overrides;
import io.litoperator.worker.plan.Places;
import io.litoperator.worker.plan.PlanCodec;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.TopologyPlan;
import io.litoperator.worker.plan.job.JobFile;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Listener;
import io.litoperator.worker.report.Listeners;
import io.litoperator.worker.report.operator.TerminationMessage;
import io.litoperator.worker.torch.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * {@code lit launch}: a node's agent, in a Pod that the operator made. The first node's is the
 * coordinator; the others follow it.
 */
public final class PodRun {
  private final PodEnvironment environment;
  private final Listener listener;

  private PodRun(PodEnvironment environment, Listener listener) {
    this.environment = environment;
    this.listener = listener;
  }

  /**
   * Runs until the gang ends, or this node leaves it; leaves a termination message.
   *
   * @param variables the process's environment
   * @param listener told what a person who reads the Pod's log wants to know
   * @param rankLines told each line that ranks print, with its rank, by any thread
   * @throws Failure with the root cause
   */
  public static ExitCode run(
      Map<String, String> variables, Listener listener, Consumer<String> rankLines) {
    HostNames.areSoonForgotten();
    PodRun run = new PodRun(new PodEnvironment(variables), Listeners.of(listener));
    Node node = run.leavingWords(run::node, run::failedOutsideOfRanks);
    return run.leavingWords(() -> run.showingRanks(node, rankLines), node::lastWords);
  }

  @SuppressWarnings("try") // It does its work by being open.
  private ExitCode showingRanks(Node node, Consumer<String> lines) {
    if (!environment.showsRanks()) {
      return node.run();
    }
    try (RankOutput output = RankOutput.follow(environment.output().resolve("logs"), lines)) {
      return node.run();
    }
  }

  /** What this Pod is in its gang. */
  private interface Node {
    ExitCode run();

    /** The termination message after a failure. */
    String lastWords(Failure failure);
  }

  private Node node() {
    Places places = new Places(Path.of(""), environment.claims(), environment.templates());
    RunPlan plan = plan(places);
    AgentPlan agent = agentPlan(plan);
    Path planFile = write(plan);
    if (agent.node().index() == 0) {
      CoordinatorRun coordinator =
          new CoordinatorRun(plan, planFile, agent, places, environment, listener);
      return node(coordinator::run, coordinator::lastWords);
    }
    FollowerRun follower = new FollowerRun(plan, planFile, agent, environment, listener);
    return node(follower::run, this::failedOutsideOfRanks);
  }

  private static Node node(Supplier<ExitCode> run, Function<Failure, String> lastWords) {
    return new Node() {
      @Override
      public ExitCode run() {
        return run.get();
      }

      @Override
      public String lastWords(Failure failure) {
        return lastWords.apply(failure);
      }
    };
  }

  private <T> T leavingWords(Supplier<T> work, Function<Failure, String> lastWords) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      Failure failure = Failure.of(e);
      environment.leave(lastWords.apply(failure));
      throw e;
    }
  }

  private String failedOutsideOfRanks(Failure failure) {
    return TerminationMessage.of(TerminationMessage.lastFailure(failure, environment.nodeName()));
  }

  private RunPlan plan(Places places) {
    LitTrainingJob job = JobFile.read(environment.job(), Venue.CLUSTER);
    if (job.getSpec().topology().device() == TopologySpec.Device.CUDA) {
      Torch.requireBuiltForGpus();
    }
    Consumer<String> notice = sentence -> listener.on(new Event.Notice(sentence));
    RunPlan plan =
        JobPlanning.of(
                job,
                places,
                new Overrides(
                    Optional.empty(), OptionalLong.empty(), Optional.of(environment.output())),
                environment.cache(),
                environment.variables(),
                new DownloadNotices(notice))
            .withOthers();
    JobFiles kept = Runs.checkpoints(plan).files();
    return hasTemplatesElsewhere(job)
        ? JobTemplates.kept(plan, kept, notice)
        : JobTemplates.ready(plan, kept, notice);
  }

  private static boolean hasTemplatesElsewhere(LitTrainingJob job) {
    return job.getSpec().finetune() != null
        && job.getSpec().finetune().objective().templates().configMapKeyRef() != null;
  }

  private AgentPlan agentPlan(RunPlan plan) {
    TopologyPlan topology = plan.topology();
    if (topology.nodes() != environment.nodes()
        || topology.ranksPerNode() != environment.ranksPerNode()) {
      throw new Failure(
          ExitCode.INVALID,
          "The Pod is one of %d with %d ranks each, but the job asks for %d with %d; make it anew."
              .formatted(
                  environment.nodes(),
                  environment.ranksPerNode(),
                  topology.nodes(),
                  topology.ranksPerNode()));
    }
    return new AgentPlan(
        environment.node(),
        topology.nodes(),
        topology.ranksPerNode(),
        environment.address(),
        environment.masterPort(),
        environment.secret(),
        environment.output(),
        plan.recovery(),
        Optional.empty());
  }

  private Path write(RunPlan plan) {
    Path file = environment.output().resolve("plan.json");
    try {
      Files.createDirectories(file.getParent());
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "The output folder %s cannot be made: %s.".formatted(file.getParent(), e.getMessage()),
          e);
    }
    PlanCodec.write(plan, file);
    return file;
  }
}
