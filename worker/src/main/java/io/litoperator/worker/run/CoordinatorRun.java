package io.litoperator.worker.run;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.worker.checkpoint.AttemptClaims;
import io.litoperator.worker.checkpoint.CheckpointId;
import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.data.loading.Problem;
import io.litoperator.worker.distributed.agent.Agent;
import io.litoperator.worker.distributed.agent.AgentPlan;
import io.litoperator.worker.distributed.agent.NodeIdentity;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.interchange.Export;
import io.litoperator.worker.plan.Places;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.EventLog;
import io.litoperator.worker.report.GangEvent;
import io.litoperator.worker.report.Listener;
import io.litoperator.worker.report.Listeners;
import io.litoperator.worker.report.LongWork;
import io.litoperator.worker.report.operator.ReportedJob;
import io.litoperator.worker.report.operator.Reporter;
import io.litoperator.worker.report.operator.TerminationMessage;
import io.litoperator.worker.transfer.Watched;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** The first node's agent: supervises the gang, and reports to the operator. For one run. */
final class CoordinatorRun {
  private static final Duration FINAL_REPORT_PATIENCE = Duration.ofSeconds(30);

  /** Shorter, since the termination message tells the same. */
  private static final Duration FAILURE_REPORT_PATIENCE = Duration.ofSeconds(5);

  /** Within the time that a Pod has to end after its ranks have saved. */
  private static final Duration RECORD_PATIENCE = Duration.ofSeconds(15);

  private final RunPlan plan;
  private final AgentPlan agentPlan;
  private final Places places;
  private final PodEnvironment environment;
  private final Listener listener;
  private final EventLog log;
  private final Watched patient;
  private final CheckpointStore store;
  private final Courier courier = new Courier(this::notice);
  private final RunRecord record;
  private final FailureFiles failures;
  private final EvaluationRecord evaluations;
  private final Agent agent;
  private final Reporter reporter;
  private final long startNanos = System.nanoTime();
  private int attempt;

  /**
   * @param planFile that ranks read
   * @param listener told what a person who reads the Pod's log wants to know; {@code events.jsonl}
   *     in the output folder gets the same
   */
  CoordinatorRun(
      RunPlan plan,
      Path planFile,
      AgentPlan agentPlan,
      Places places,
      PodEnvironment environment,
      Listener listener) {
    this.plan = plan;
    this.agentPlan = agentPlan;
    this.places = places;
    this.environment = environment;
    patient = new Watched(plan.recovery().silence(), new LongWork(this::tell));
    Watched watched = new Watched(plan.recovery().hangTimeout(), patient);
    store = Runs.checkpoints(plan, watched);
    restoreRecord(plan, environment.output(), listener);
    log =
        EventLog.append(
            environment.output().resolve(RunRecord.EVENTS),
            sentence -> listener.on(new Event.Notice(sentence)));
    record =
        new RunRecord(
            environment.output(), store.files(), this::isNewest, courier, Clock.systemUTC());
    this.listener = Listeners.of(listener, log, record);
    failures = new FailureFiles(environment.output(), store.files());
    evaluations = new EvaluationRecord(store.files());
    NodeIdentity me = agentPlan.node();
    AttemptClaims claims =
        new AttemptClaims(store.attempts(), me.podUid(), me.launch(), environment.owner());
    agent =
        new Agent(
            agentPlan,
            LegRun.rankCommand(plan, planFile),
            new CheckpointLedger(store, claims, watched, this::notice, this::finish),
            this::on,
            this::watch);
    reporter =
        new Reporter(
            reportedJob(),
            me.launch(),
            new Predecessors(plan, store, places).inheritance(evaluations.read()),
            environment.endpoint(),
            this::heed,
            this::notice);
  }

  /** Tells nobody but a listener, as nobody else listens yet. */
  private static void restoreRecord(RunPlan plan, Path output, Listener listener) {
    Watched watched = new Watched(plan.recovery().silence(), new LongWork(listener));
    CheckpointStore store = Runs.checkpoints(plan, watched);
    watched.run(
        "Reading the events of the job's former Pods in " + store.name(),
        () -> RunRecord.restore(store.files(), output));
  }

  /** Runs until the gang ends or this node leaves it. */
  ExitCode run() {
    try (log;
        courier;
        reporter) {
      return runInSight();
    }
  }

  private ExitCode runInSight() {
    ExitCode code = checkAndTrain();
    finishRecord();
    if (code != ExitCode.TERMINATED) {
      reporter.end(code, FINAL_REPORT_PATIENCE);
      environment.leave(TerminationMessage.of(reporter.report()));
    }
    return code;
  }

  private ExitCode checkAndTrain() {
    try {
      if (store.attempts().read().isEmpty()) {
        check();
      }
      return agent.run();
    } catch (Failure failure) {
      finishRecord();
      reporter.end(failure.exitCode(), FAILURE_REPORT_PATIENCE);
      throw failure;
    }
  }

  /** Has what tells of a failure kept; the same, with where that is. */
  private GangEvent kept(GangEvent.Failed event) {
    int failed = attempt;
    courier.send(() -> failures.keep(failed));
    String where =
        "The ends of ranks' logs, and their stacks if one hung, are kept in %s."
            .formatted(places.name(failures.name(failed)));
    return new GangEvent.Failed(event.failure().withMore(where), event.restarts());
  }

  private void finishRecord() {
    record.keepAll();
    courier.finish(RECORD_PATIENCE);
  }

  /** Whether no other Pod has taken the job over. */
  private boolean isNewest() {
    return store
        .attempts()
        .read()
        .map(claim -> claim.holder().equals(agentPlan.node().podUid()))
        .orElse(true);
  }

  /** The termination message after a failure: the rank's, if one is its cause. */
  String lastWords(Failure failure) {
    LastFailure cause =
        reporter
            .lastFailure()
            .filter(last -> failure.getMessage().startsWith(last.message()))
            .orElseGet(() -> TerminationMessage.lastFailure(failure, agentPlan.node().name()));
    return TerminationMessage.of(cause, reporter.report());
  }

  /** Once in a job's life: no attempt begins on data that cannot be read to the end. */
  private void check() {
    notice("Checking the job's data.");
    Watched watched =
        new Watched(
            plan.recovery().silence(),
            (part, done, total) -> {
              if (done == total) {
                notice("Checked %,d %s.".formatted(total, part));
              }
            });
    List<Problem> problems =
        watched.call("Checking the job's data", () -> JobCheck.run(plan, watched));
    JobCheck.refuse(problems);
    problems.forEach(warning -> notice(warning.sentence()));
  }

  private void on(Event event) {
    listener.on(event);
    reporter.on(event);
    if (event instanceof Event.Scored) {
      evaluations.write(reporter.report().evaluations());
    }
  }

  private void watch(GangEvent event) {
    if (event instanceof GangEvent.Gathered gathered) {
      notice("%d of %d nodes are there.".formatted(gathered.nodes(), agentPlan.nodes()));
    } else if (event instanceof GangEvent.AttemptStarted started) {
      attempt = started.attempt();
    }
    if (event instanceof GangEvent.Failed failed) {
      reporter.on(kept(failed));
      // The Pod may be killed before the operator takes the count of restarts.
      environment.leave(TerminationMessage.of(reporter.report()));
    } else {
      reporter.on(event);
    }
  }

  private void heed(Reporter.Wish wish) {
    switch (wish) {
      case CHECKPOINT_AND_STOP -> agent.stopAll();
      case ABORT -> agent.abortAll();
      case LEAVE -> agent.leave();
    }
  }

  private void notice(String sentence) {
    tell(new Event.Notice(sentence));
  }

  private void tell(Event event) {
    listener.on(event);
  }

  private void finish() {
    on(patient.call("Delivering what was made, in " + store.name(), this::delivered));
  }

  private Event.RunFinished delivered() {
    CheckpointId newest =
        store
            .newestVerified(this::notice)
            .orElseThrow(
                () ->
                    new Failure(
                        ExitCode.BAD_DATA,
                        "No checkpoint in %s is complete, though all steps are done."
                            .formatted(store.name())));
    List<String> exports =
        plan.checkpoints().exportHuggingFace() ? List.of(export(store.folder(newest))) : List.of();
    store.files().deliver(Runs.predictions(plan), "predictions");
    double seconds = (System.nanoTime() - startNanos) * 1e-9;
    return new Event.RunFinished(seconds, store.name(newest), exports);
  }

  private String export(Path checkpoint) {
    Path folder = Runs.checkpointFolder(plan).resolve("huggingface");
    Export.run(checkpoint, folder, patient);
    store.files().deliver(folder, "huggingface", Export.LAST);
    return store.files().name("huggingface");
  }

  private ReportedJob reportedJob() {
    List<ReportedJob.Stage> stages =
        plan.stages().stream()
            .map(stage -> new ReportedJob.Stage(stage.stage().label(), stage.maxSteps()))
            .toList();
    return new ReportedJob(
        stages, !plan.evaluation().tasks().isEmpty(), plan.checkpoints().keep(), places::name);
  }
}
