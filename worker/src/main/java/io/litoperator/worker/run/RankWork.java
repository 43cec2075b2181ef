package io.litoperator.worker.run;

import io.litoperator.worker.checkpoint.Checkpoint;
import io.litoperator.worker.checkpoint.CheckpointId;
import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.checkpoint.CheckpointWriter;
import io.litoperator.worker.checkpoint.KeptCheckpoint;
import io.litoperator.worker.data.loading.Dataset;
import io.litoperator.worker.data.sampling.Sampler;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.agent.Activity;
import io.litoperator.worker.distributed.agent.RankLink;
import io.litoperator.worker.features.FeatureFiles;
import io.litoperator.worker.gpu.Cuda;
import io.litoperator.worker.gpu.PeakRate;
import io.litoperator.worker.interchange.AdapterFiles;
import io.litoperator.worker.interchange.ModelFolder;
import io.litoperator.worker.interchange.ModelSources;
import io.litoperator.worker.model.Adapters;
import io.litoperator.worker.model.Layout;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.report.ChromeTrace;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.torch.Torch;
import io.litoperator.worker.train.Checkpointer;
import io.litoperator.worker.train.Examination;
import io.litoperator.worker.train.OptimizerStep;
import io.litoperator.worker.train.StageTrainer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;

/** What a rank does: trains the stages that are left, then evaluates. */
final class RankWork {
  private final RunPlan plan;
  private final RankLink link;
  private final Collective ranks;
  private final Optional<ChromeTrace> trace;
  private final RankVoice voice;
  private final CheckpointStore store;
  private final CheckpointScores scores;

  enum Outcome {
    FINISHED,
    STOPPED
  }

  RankWork(RunPlan plan, RankLink link, Collective ranks, Optional<ChromeTrace> trace) {
    this.plan = plan;
    this.link = link;
    this.ranks = ranks;
    this.trace = trace;
    this.voice = new RankVoice(plan, link, ranks);
    this.store = Runs.checkpoints(plan, link);
    this.scores = CheckpointScores.of(plan, store);
  }

  Outcome run() {
    Optional<Checkpoint> resume = link.world().resume().map(store::open);
    try (ModelSources sources = ModelSources.open(plan.model());
        VisionLanguageModel model = sources.build(plan.seed(), plan.lora(), this::memory, link);
        Checkpointer checkpoints = checkpointer(sources, model, resume)) {
      voice.started(model);
      CheckpointEvaluation evaluation = evaluation(sources, model);
      long stepsBefore = 0;
      long lastStep = 0;
      for (StagePlan stage : plan.stages()) {
        try (Dataset data = Supervision.of(plan, stage).open(stage.datasets(), sources)) {
          Sampler sampler = sampler(stage, data);
          lastStep = sampler.totalSteps();
          if (!isBehind(resume, stage)) {
            Optional<Examination> examination = examination(stage, model, evaluation, stepsBefore);
            StageTrainer.Outcome outcome =
                train(
                    stage,
                    sampler,
                    data,
                    model,
                    checkpoints,
                    examination,
                    at(resume, stage),
                    stepsBefore);
            if (outcome == StageTrainer.Outcome.STOPPED) {
              link.heartbeat(stepsBefore, Activity.SAVING);
              checkpoints.awaitIdle();
              return Outcome.STOPPED;
            }
            // The next stage's data are opened, which takes its time.
            link.heartbeat(stepsBefore + lastStep, Activity.WAITING);
          }
          stepsBefore += lastStep;
        }
      }
      link.heartbeat(stepsBefore, Activity.SAVING);
      checkpoints.awaitIdle();
      link.heartbeat(stepsBefore, Activity.EVALUATING);
      Adapters.fold(model.parameters());
      CheckpointId last = new CheckpointId(Runs.lastStage(plan).stage(), lastStep);
      return evaluation.run(last, link::stopRequested) ? Outcome.FINISHED : Outcome.STOPPED;
    }
  }

  private CheckpointEvaluation evaluation(ModelSources sources, VisionLanguageModel model) {
    return new CheckpointEvaluation(voice, sources, model, scores);
  }

  /** Of the last stage's checkpoints but the last, if the job asks for it. */
  @SuppressWarnings("try") // That the adapters are folded is all that is wanted.
  private Optional<Examination> examination(
      StagePlan stage,
      VisionLanguageModel model,
      CheckpointEvaluation evaluation,
      long stepsBefore) {
    if (!plan.evaluation().atCheckpoints() || stage != Runs.lastStage(plan)) {
      return Optional.empty();
    }
    return Optional.of(
        step -> {
          link.heartbeat(stepsBefore + step, Activity.EVALUATING);
          try (Adapters.Folded folded = Adapters.folded(model.parameters())) {
            return evaluation.run(new CheckpointId(stage.stage(), step), link::stopRequested);
          }
        });
  }

  private Parameters memory(Layout layout) {
    return OptimizerStep.memory(
        layout, plan.topology().precision(), plan.topology().sharding(), ranks);
  }

  private StageTrainer.Outcome train(
      StagePlan stage,
      Sampler sampler,
      Dataset data,
      VisionLanguageModel model,
      Checkpointer checkpoints,
      Optional<Examination> examination,
      Optional<Checkpoint> from,
      long stepsBefore) {
    if (stage.stage() == Stage.FINETUNE) {
      voice.masks(data);
    }
    try (OptimizerStep optimizer =
        new OptimizerStep(model, stage, plan.topology().sharding(), ranks, features())) {
      StageTrainer.Outcome outcome =
          new StageTrainer(
                  stage,
                  plan.checkpoints(),
                  sampler,
                  data::load,
                  optimizer,
                  checkpoints,
                  examination,
                  ranks,
                  voice.overseer(stepsBefore),
                  trace,
                  peakRate())
              .run(from);
      if (stage == Runs.lastStage(plan)) {
        optimizer.finish();
      }
      return outcome;
    }
  }

  /**
   * A tower's digest knows of its weights' format, but not that TF32 is used for their products.
   */
  private Optional<Function<String, FeatureFiles>> features() {
    String products = plan.topology().precision() == Precision.TF32 ? "-tf32" : "";
    return plan.features()
        .map(
            folder ->
                tower ->
                    new FeatureFiles(
                        folder, tower + products, notice -> voice.tell(new Event.Notice(notice))));
  }

  private static OptionalDouble peakRate() {
    return Torch.device().isCuda()
        ? PeakRate.bf16(Cuda.name(Torch.device().index()))
        : OptionalDouble.empty();
  }

  private Sampler sampler(StagePlan stage, Dataset data) {
    return new Sampler(
        data.modalityLengths(),
        data.draws(),
        stage.globalBatchSize(),
        stage.epochs(),
        stage.maxSteps(),
        plan.seed());
  }

  /** Whether a checkpoint is of a later stage: there is nothing left to do in this one. */
  private static boolean isBehind(Optional<Checkpoint> resume, StagePlan stage) {
    return resume
        .map(checkpoint -> checkpoint.state().stage().compareTo(stage.stage()) > 0)
        .orElse(false);
  }

  private static Optional<Checkpoint> at(Optional<Checkpoint> resume, StagePlan stage) {
    return resume.filter(checkpoint -> checkpoint.state().stage() == stage.stage());
  }

  private Checkpointer checkpointer(
      ModelSources sources, VisionLanguageModel model, Optional<Checkpoint> resume) {
    return new Checkpointer(
        model, plan, ranks, writer(resume), stage -> sideFiles(sources, model, stage));
  }

  private Map<String, byte[]> sideFiles(
      ModelSources sources, VisionLanguageModel model, StagePlan stage) {
    Map<String, byte[]> files = ModelFolder.sideFiles(plan.model(), sources.description());
    stage.lora().ifPresent(lora -> files.putAll(AdapterFiles.of(plan, lora, model.layout())));
    return files;
  }

  private CheckpointWriter writer(Optional<Checkpoint> resume) {
    return new CheckpointWriter(
        store.of(link.world().attempt(), link.world().holder()),
        plan.checkpoints().keep(),
        complete -> keptBesides(resume, complete),
        voice::saved,
        voice::notice,
        link::saving);
  }

  private Set<CheckpointId> keptBesides(
      Optional<Checkpoint> resume, List<KeptCheckpoint> complete) {
    Set<CheckpointId> kept = new HashSet<>();
    resume.ifPresent(checkpoint -> kept.add(checkpoint.state().id()));
    scores.best(complete).ifPresent(kept::add);
    return kept;
  }
}
