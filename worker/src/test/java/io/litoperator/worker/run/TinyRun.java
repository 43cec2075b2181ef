package io.litoperator.worker.run;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Listener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A run in this process, whose ranks are processes of their own, and what it told. */
final class TinyRun {
  private final LocalRun run;
  private final Path output;
  private final RunPlan plan;
  private final List<Event> events = Collections.synchronizedList(new ArrayList<>());

  private TinyRun(RunPlan plan, LocalRun.Options options, Listener listener) {
    this.plan = plan;
    this.output = options.output();
    this.run =
        new LocalRun(
            plan,
            options,
            event -> {
              events.add(event);
              listener.on(event);
            });
  }

  static TinyRun of(TinyJob job, Path output) {
    return of(job, output, event -> {});
  }

  static TinyRun of(TinyJob job, Path output, Listener listener) {
    return new TinyRun(job.plan(output), options(output, List.of(), 1, false), listener);
  }

  static TinyRun profiled(TinyJob job, Path output) {
    return new TinyRun(
        job.plan(output), new LocalRun.Options(output, List.of(), 1, false, true), event -> {});
  }

  static TinyRun resumed(TinyJob job, Path output) {
    return new TinyRun(job.plan(output), options(output, List.of(), 1, true), event -> {});
  }

  static LocalRun.Options options(Path output, List<Objective> compare, int seeds, boolean resume) {
    return new LocalRun.Options(output, compare, seeds, resume);
  }

  /** Runs to the end. */
  TinyRun done() {
    ExitCode code = run.run();
    if (code != ExitCode.DONE) {
      throw new AssertionError("ended with " + code);
    }
    return this;
  }

  /** Runs until it fails. */
  Failure failure() {
    try {
      throw new AssertionError("ended with " + run.run());
    } catch (Failure e) {
      return e;
    }
  }

  <T extends Event> List<T> events(Class<T> type) {
    return List.copyOf(events).stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** The last score of each metric. */
  Map<String, Double> scores() {
    Map<String, Double> scores = new TreeMap<>();
    events(Event.Scored.class).forEach(s -> scores.put(s.task() + "." + s.metric(), s.score()));
    return scores;
  }

  /** Losses by stage and step; of a step that was repeated, the last. */
  Map<String, Double> losses() {
    Map<String, Double> losses = new TreeMap<>();
    events(Event.Step.class).forEach(s -> losses.put(s.stage() + " " + s.step(), s.loss()));
    return losses;
  }

  List<String> notices() {
    return events(Event.Notice.class).stream().map(Event.Notice::message).toList();
  }

  Path output() {
    return output;
  }

  Path checkpoints() {
    return Runs.checkpointFolder(plan);
  }

  Path lastCheckpoint() {
    return checkpoints().resolve("finetune-" + TinyJob.FINETUNE_STEPS);
  }
}
