package io.litoperator.worker.run;

import io.litoperator.worker.checkpoint.AttemptClaims;
import io.litoperator.worker.checkpoint.CheckpointId;
import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.distributed.agent.Agent;
import io.litoperator.worker.distributed.agent.AgentPlan;
import io.litoperator.worker.distributed.agent.RankCommand;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.interchange.Export;
import io.litoperator.worker.plan.PlanCodec;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.report.ChromeTrace;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Listener;
import io.litoperator.worker.report.LongWork;
import io.litoperator.worker.transfer.Progress;
import io.litoperator.worker.transfer.Watched;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Runs legs: starts an agent, which starts the ranks and keeps them going. */
final class LegRun {
  private static final int ANY_PORT = 0;

  private final Listener listener;
  private final boolean resume;
  private final boolean profile;

  /**
   * @param profile whether ranks draw a few steps
   */
  LegRun(Listener listener, boolean resume, boolean profile) {
    this.listener = listener;
    this.resume = resume;
    this.profile = profile;
  }

  /** Does what is left of a leg. */
  ExitCode run(Leg leg) {
    if (leg.isDone()) {
      return ExitCode.DONE;
    }
    long start = System.nanoTime();
    Watched watched = new Watched(leg.plan().recovery().hangTimeout(), new LongWork(listener));
    CheckpointStore store = Runs.checkpoints(leg.plan(), watched);
    refuseForeign(store, leg.plan());
    write(leg);
    AgentPlan plan =
        new AgentPlan(
            leg.plan().topology().ranksPerNode(), ANY_PORT, leg.output(), leg.plan().recovery());
    Agent agent =
        new Agent(
            plan,
            rankCommand(
                leg.plan(),
                leg.planFile(),
                profile ? Optional.of(drawings(leg)) : Optional.empty()),
            new CheckpointLedger(
                store, claims(store, plan.node().podUid()), watched, this::notice, () -> {}),
            listener,
            event -> {});
    ExitCode code = agent.run();
    if (code == ExitCode.DONE) {
      if (profile) {
        draw(leg);
      }
      finish(leg, (System.nanoTime() - start) * 1e-9);
    }
    return code;
  }

  /** Whoever starts on this machine takes over. */
  private static AttemptClaims claims(CheckpointStore store, String holder) {
    return new AttemptClaims(store.attempts(), holder, 0, Optional.empty());
  }

  /** Folder of a finished leg's last checkpoint. */
  Path newestCheckpoint(Leg leg) {
    CheckpointStore store = store(leg);
    return store.folder(newestCheckpoint(store));
  }

  private CheckpointStore store(Leg leg) {
    return Runs.checkpoints(leg.plan(), new LongWork(listener));
  }

  private CheckpointId newestCheckpoint(CheckpointStore store) {
    return store
        .newestVerified(this::notice)
        .orElseThrow(
            () ->
                new Failure(
                    ExitCode.BAD_DATA,
                    "No checkpoint in %s is complete; run again without --resume."
                        .formatted(store.name())));
  }

  private void notice(String sentence) {
    listener.on(new Event.Notice(sentence));
  }

  /** A destination outside the output folder may hold another run's checkpoints. */
  private void refuseForeign(CheckpointStore store, RunPlan plan) {
    if (!resume && !store.list().isEmpty()) {
      throw new Failure(
          ExitCode.INVALID,
          "spec.checkpoints.destination already holds checkpoints of this job, in %s; use --resume to go on from them, or another destination."
              .formatted(store.name()));
    }
  }

  /**
   * @param planFile has the plan for the ranks
   */
  static RankCommand rankCommand(RunPlan plan, Path planFile) {
    return rankCommand(plan, planFile, Optional.empty());
  }

  private static RankCommand rankCommand(RunPlan plan, Path planFile, Optional<Path> profile) {
    String[] arguments =
        Stream.concat(Stream.of(planFile), profile.stream())
            .map(Path::toString)
            .toArray(String[]::new);
    return RankCommand.java(RankRun.class.getName(), arguments).in(plan.topology().precision());
  }

  /** Where each rank leaves its drawing. */
  private static Path drawings(Leg leg) {
    return leg.output().resolve("profile");
  }

  private void draw(Leg leg) {
    try (Stream<Path> files = Files.list(drawings(leg))) {
      Path drawing = leg.output().resolve("profile.json");
      ChromeTrace.merge(files.sorted().toList(), drawing);
      notice("Profile: %s; open it with Perfetto or chrome://tracing.".formatted(drawing));
    } catch (IOException e) {
      throw storage(leg.output(), e);
    }
  }

  private void finish(Leg leg, double seconds) {
    Watched watched = new Watched(leg.plan().recovery().silence(), new LongWork(listener));
    CheckpointStore store = Runs.checkpoints(leg.plan(), watched);
    listener.on(
        watched.call(
            "Delivering what was made, in " + store.name(),
            () -> delivered(leg, store, seconds, watched)));
    try {
      Files.createFile(leg.doneFile());
    } catch (IOException e) {
      throw storage(leg.doneFile(), e);
    }
  }

  private Event.RunFinished delivered(
      Leg leg, CheckpointStore store, double seconds, Progress progress) {
    CheckpointId newest = newestCheckpoint(store);
    List<String> exports =
        leg.plan().checkpoints().exportHuggingFace()
            ? List.of(export(leg, store, newest, progress))
            : List.of();
    store.files().deliver(Runs.predictions(leg.plan()), "predictions");
    return new Event.RunFinished(seconds, store.name(newest), exports);
  }

  private static String export(
      Leg leg, CheckpointStore store, CheckpointId checkpoint, Progress progress) {
    Path folder = leg.output().resolve("huggingface");
    Export.run(store.folder(checkpoint), folder, progress);
    store.files().deliver(folder, "huggingface", Export.LAST);
    return folder.toString();
  }

  private static void write(Leg leg) {
    try {
      Files.createDirectories(leg.output());
    } catch (IOException e) {
      throw storage(leg.output(), e);
    }
    PlanCodec.write(leg.plan(), leg.planFile());
  }

  private static Failure storage(Path path, IOException cause) {
    return new Failure(
        ExitCode.STORAGE,
        "%s cannot be written: %s.".formatted(path, Failure.reason(cause)),
        cause);
  }
}
