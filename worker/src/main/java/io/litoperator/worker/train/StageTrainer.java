package io.litoperator.worker.train;

import io.litoperator.worker.checkpoint.Checkpoint;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.data.loading.Loader;
import io.litoperator.worker.data.sampling.Sampler;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.plan.CheckpointPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.report.ChromeTrace;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.train.StepClock.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntFunction;

/** The training loop of one stage on one rank. */
public final class StageTrainer {
  /** Micro-batches kept ready at least, so that a step does not wait for a slow picture. */
  private static final int AHEAD = 4;

  private static final int LOADER_THREADS = 2;

  /** Steps before those that are drawn, and how many are. */
  private static final int WARM_UP = 2;

  private static final int PROFILED_STEPS = 10;

  private final StagePlan stage;
  private final CheckpointPlan saving;
  private final Sampler sampler;
  private final IntFunction<Sample> samples;
  private final OptimizerStep optimizer;
  private final Checkpointer checkpoints;
  private final Optional<Examination> examination;
  private final Collective ranks;
  private final Overseer overseer;
  private final Optional<ChromeTrace> trace;
  private final OptionalDouble peakRate;
  private long lastSave;

  /** How a stage ended. */
  public enum Outcome {
    FINISHED,
    /** As asked, with a checkpoint saved. */
    STOPPED
  }

  /**
   * @param samples makes a sample by its index, in any thread
   * @param examination of every checkpoint but the stage's last
   * @param trace into which a few steps are drawn
   * @param peakRate FLOP/s that a rank's device could do, if that is known
   */
  public StageTrainer(
      StagePlan stage,
      CheckpointPlan saving,
      Sampler sampler,
      IntFunction<Sample> samples,
      OptimizerStep optimizer,
      Checkpointer checkpoints,
      Optional<Examination> examination,
      Collective ranks,
      Overseer overseer,
      Optional<ChromeTrace> trace,
      OptionalDouble peakRate) {
    this.stage = stage;
    this.saving = saving;
    this.sampler = sampler;
    this.samples = samples;
    this.optimizer = optimizer;
    this.checkpoints = checkpoints;
    this.examination = examination;
    this.ranks = ranks;
    this.overseer = overseer;
    this.trace = trace;
    this.peakRate = peakRate;
  }

  /**
   * Trains to the stage's end.
   *
   * @param from a checkpoint of this stage to go on from; absent: the stage's beginning
   * @throws io.litoperator.worker.failure.Failure once a save has failed on any rank, at the same
   *     step on all
   */
  public Outcome run(Optional<Checkpoint> from) {
    from.ifPresent(checkpoint -> checkpoints.restore(checkpoint, optimizer, overseer));
    long first = from.map(checkpoint -> checkpoint.state().step()).orElse(0L);
    long total = sampler.totalSteps();
    Schedule schedule = Schedule.of(stage.optimizer(), total);
    tell(
        new Event.StageStarted(
            stage.stage().label(),
            first,
            total,
            total * stage.globalBatchSize(),
            optimizer.trainableParameters()));
    StepMeter meter = new StepMeter(System.nanoTime());
    if (from.isPresent() && first < total && !passes(first, meter)) {
      return Outcome.STOPPED;
    }
    checkpoints.prepare(stage, optimizer);
    lastSave = System.nanoTime();
    try (Loader loader = loader(first)) {
      for (long step = first + 1; step <= total; step++) {
        overseer.training(step - 1);
        double factor = schedule.factor(step - 1);
        optimizer.clock().trace(isProfiled(step - first) ? trace : Optional.empty());
        Step done = run(step, factor, loader);
        meter.add(System.nanoTime(), done.samples(), done.rows(), done.flops());
        tell(event(step, done, factor, meter));
        if (done.saveFailed()) {
          checkpoints.giveUp();
        }
        if (step == total || done.stop() || done.save() || dueAt(step)) {
          overseer.saving(step);
          save(step);
          if (done.stop() || step < total && !passes(step, meter)) {
            return Outcome.STOPPED;
          }
          lastSave = System.nanoTime();
        }
      }
    }
    return Outcome.FINISHED;
  }

  private void save(long step) {
    optimizer
        .clock()
        .time(Phase.OTHER, "checkpoint", () -> checkpoints.save(stage, step, optimizer));
  }

  /** Tells whether training is to go on; the time that this takes is none of the training's. */
  private boolean passes(long step, StepMeter meter) {
    if (examination.isEmpty()) {
      return true;
    }
    long start = System.nanoTime();
    checkpoints.awaitIdle();
    optimizer.weights().restore();
    try {
      return examination.get().passed(step);
    } finally {
      optimizer.weights().divide();
      meter.skip(System.nanoTime() - start);
    }
  }

  private Step run(long step, double factor, Loader loader) {
    StepClock clock = optimizer.clock();
    return clock.time(
        Phase.STEP,
        stage.stage().label() + " step " + step,
        () -> {
          List<List<Sample>> samples =
              clock.time(Phase.DATA, "data", () -> microBatches(loader, step));
          return optimizer.run(step, factor, samples, wishes());
        });
  }

  /** A few steps, once the program has warmed up. */
  private static boolean isProfiled(long number) {
    return number > WARM_UP && number <= WARM_UP + PROFILED_STEPS;
  }

  private Loader loader(long first) {
    return new Loader(
        index -> optimizer.lookUp(samples.apply(index)),
        sampler.order(first, ranks.rank(), ranks.worldSize(), stage.microBatchSize()),
        Math.max(AHEAD, microBatchesOfStep()),
        LOADER_THREADS);
  }

  /** Of this rank: they are loaded while the step before computes, and taken all at once. */
  private int microBatchesOfStep() {
    return stage.globalBatchSize() / (stage.microBatchSize() * ranks.worldSize());
  }

  private List<List<Sample>> microBatches(Loader loader, long step) {
    int count =
        sampler
            .microBatches(step - 1, ranks.rank(), ranks.worldSize(), stage.microBatchSize())
            .size();
    List<List<Sample>> microBatches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      microBatches.add(loader.next());
    }
    return microBatches;
  }

  /** The clock of one rank decides for all when time has come to save. */
  private OptimizerStep.Wishes wishes() {
    boolean save =
        ranks.rank() == 0
            && saving
                .everyTime()
                .map(every -> System.nanoTime() - lastSave >= every.toNanos())
                .orElse(false);
    return new OptimizerStep.Wishes(overseer.stopRequested(), save, checkpoints.saveFailed());
  }

  private boolean dueAt(long step) {
    return saving.everySteps().isPresent() && step % saving.everySteps().getAsInt() == 0;
  }

  private Event.Step event(long step, Step done, double factor, StepMeter meter) {
    Losses losses = done.losses();
    return new Event.Step(
        stage.stage().label(),
        step,
        sampler.totalSteps(),
        (double) step / sampler.stepsPerEpoch(),
        losses.mean(),
        losses.instructionTokens() == 0 ? null : losses.instruction() / losses.instructionTokens(),
        losses.answerTokens() == 0 ? null : losses.answer() / losses.answerTokens(),
        stage.optimizer().learningRate() * factor,
        done.gradientNorm(),
        meter.samplesPerSecond(),
        meter.rowsPerSecond(),
        utilisation(meter),
        optimizer.clock().take(),
        PeakMemory.bytes(),
        meter.secondsFor(sampler.totalSteps() - step));
  }

  private Double utilisation(StepMeter meter) {
    return peakRate.isEmpty()
        ? null
        : (Double) (meter.flopsPerSecond() / (peakRate.getAsDouble() * ranks.worldSize()));
  }

  private void tell(Event event) {
    if (ranks.rank() == 0) {
      overseer.tell(event);
    }
  }
}
