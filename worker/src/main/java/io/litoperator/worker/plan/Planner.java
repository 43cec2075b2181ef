package io.litoperator.worker.plan;

import io.litoperator.api.job.BucketPath;
import io.litoperator.api.v1alpha1.CheckpointsSpec;
import io.litoperator.api.v1alpha1.DataSpec;
import io.litoperator.api.v1alpha1.EvaluateSpec;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import io.litoperator.api.v1alpha1.ModelSpec;
import io.litoperator.api.v1alpha1.TopologySpec;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.StagePlan.Stage;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * Turns a checked job, with all defaults, into what the ranks execute: resolves paths and task
 * templates.
 */
public final class Planner {
  private static final String STEPS = "steps";

  private final Function<String, List<String>> builtinTemplates;

  /**
   * @param builtinTemplates the texts of a list of task templates, by its name in jobs: {@code
   *     paper}, {@code paper-llava-next}
   */
  public Planner(Function<String, List<String>> builtinTemplates) {
    this.builtinTemplates = builtinTemplates;
  }

  /**
   * @param job as {@link io.litoperator.worker.plan.job.JobFile#read} gives it
   * @param folder that relative paths are resolved against: the job file's
   * @throws Failure with {@code INPUT_MISSING}, one sentence a line, if files or folders that the
   *     job names are missing or cannot be read; with {@code INVALID} if an override does not fit
   *     the job
   */
  public RunPlan plan(LitTrainingJob job, Path folder, Overrides overrides) {
    return plan(job, Places.of(folder), overrides);
  }

  /**
   * Plans a job for where its paths lead elsewhere.
   *
   * @throws Failure as of {@link #plan(LitTrainingJob, Path, Overrides)}
   */
  public RunPlan plan(LitTrainingJob job, Places places, Overrides overrides) {
    LitTrainingJobSpec spec = job.getSpec();
    if (overrides.objective().isPresent() && spec.finetune() == null) {
      throw new Failure(
          ExitCode.INVALID,
          "An objective applies to the fine-tune stage only, and the job has none; add"
              + " spec.finetune.");
    }
    String name = job.getMetadata().getName();
    TopologyPlan topology = topology(spec);
    var inputs = new Inputs(places);
    var stages = new StagePlanner(inputs, builtinTemplates, spec);
    List<StagePlan> plans = new ArrayList<>();
    if (spec.pretrain() != null) {
      plans.add(stages.plan(Stage.PRETRAIN, overrides));
    }
    if (spec.finetune() != null) {
      plans.add(stages.plan(Stage.FINETUNE, overrides));
    }
    var plan =
        new RunPlan(
            name,
            model(spec.model(), inputs),
            plans,
            evaluation(spec.evaluate(), inputs),
            checkpoints(job, places, overrides),
            topology,
            new RecoveryPlan(
                spec.recovery().maxRestarts(),
                spec.recovery().resetAfterSteps() == null
                    ? OptionalInt.empty()
                    : OptionalInt.of(spec.recovery().resetAfterSteps()),
                spec.recovery().inPlace(),
                duration(spec.recovery().hangTimeout())),
            overrides.seed().orElse(spec.seed()),
            Optional.ofNullable(spec.data()).map(DataSpec::features).map(places::resolve),
            places.copies());
    inputs.refuseMissing();
    return plan;
  }

  private static TopologyPlan topology(LitTrainingJobSpec spec) {
    TopologySpec topology = spec.topology();
    if (spec.precision() == LitTrainingJobSpec.Precision.TF32
        && topology.device() == TopologySpec.Device.CPU) {
      throw new Failure(
          ExitCode.INVALID,
          "spec.precision: tf32 is of GPUs; write fp32, or topology.device: cuda.");
    }
    return new TopologyPlan(
        topology.nodes(),
        topology.ranksPerNode(),
        TopologyPlan.Device.valueOf(topology.device().name()),
        TopologyPlan.Precision.valueOf(spec.precision().name()),
        TopologyPlan.Sharding.valueOf(spec.sharding().name()));
  }

  private static ModelPlan model(ModelSpec spec, Inputs inputs) {
    var conversation = ModelPlan.ConversationTemplate.valueOf(spec.conversation().name());
    var aspect = ModelPlan.ImageAspect.valueOf(spec.images().aspect().name());
    List<GridPinpoint> pinpoints = gridPinpoints(spec.images());
    var prompt = Optional.ofNullable(spec.systemPrompt());
    if (spec.from() != null) {
      Path from = inputs.folder("spec.model.from", spec.from());
      return new ModelPlan(
          Optional.empty(),
          Optional.empty(),
          Optional.of(from),
          conversation,
          prompt,
          aspect,
          pinpoints,
          -2,
          ModelPlan.FeatureSelect.DEFAULT,
          spec.maxLength(),
          Optional.ofNullable(spec.maxRows()),
          ModelPlan.ConnectorInit.NORMAL);
    }
    ModelSpec.VisionTower tower = spec.visionTower();
    return new ModelPlan(
        Optional.of(
            inputs.folder("spec.model.languageModel.source", spec.languageModel().source())),
        Optional.of(inputs.folder("spec.model.visionTower.source", tower.source())),
        Optional.empty(),
        conversation,
        prompt,
        aspect,
        pinpoints,
        tower.featureLayer(),
        ModelPlan.FeatureSelect.valueOf(tower.featureSelect().name()),
        spec.maxLength(),
        Optional.ofNullable(spec.maxRows()),
        Optional.ofNullable(spec.connectorInit())
            .map(init -> ModelPlan.ConnectorInit.valueOf(init.name()))
            .orElse(ModelPlan.ConnectorInit.NORMAL));
  }

  private static List<GridPinpoint> gridPinpoints(ModelSpec.Images images) {
    return images.gridPinpoints() == null
        ? List.of()
        : images.gridPinpoints().stream()
            .map(size -> new GridPinpoint(size.get(0), size.get(1)))
            .toList();
  }

  private static Optional<EvaluationPlan.Judge> judge(EvaluateSpec spec) {
    return Optional.ofNullable(spec)
        .map(EvaluateSpec::judge)
        .map(judge -> new EvaluationPlan.Judge(address(judge.url()), judge.model()));
  }

  private static URI address(String url) {
    try {
      URI address = new URI(url);
      if (address.getHost() != null) {
        return address;
      }
    } catch (URISyntaxException e) {
      // Told below.
    }
    throw new Failure(
        ExitCode.INVALID,
        "spec.evaluate.judge.url: '%s' is no address; write one such as https://host/v1."
            .formatted(url));
  }

  private static EvaluationPlan evaluation(EvaluateSpec spec, Inputs inputs) {
    List<EvaluationPlan.Task> tasks = new ArrayList<>();
    if (spec != null) {
      for (EvaluateSpec.Task task : spec.tasks()) {
        String field = "spec.evaluate.tasks[" + tasks.size() + "]";
        Path data = inputs.questions(field + ".data", task.data());
        Path images =
            task.images() == null
                ? data.getParent()
                : inputs.pictures(field + ".images", task.images());
        tasks.add(new EvaluationPlan.Task(task.name(), data, images, task.maxNewTokens()));
      }
    }
    boolean atCheckpoints = spec != null && spec.on().contains(EvaluateSpec.Moment.CHECKPOINT);
    return new EvaluationPlan(tasks, atCheckpoints, Optional.empty(), judge(spec));
  }

  /** When and where a job saves; needs nothing that the job reads. */
  public static CheckpointPlan checkpoints(LitTrainingJob job, Places places, Overrides overrides) {
    CheckpointsSpec spec = job.getSpec().checkpoints();
    Path byDefault = overrides.outputOf(job.getMetadata().getName()).resolve("checkpoints");
    Optional<String> every = Optional.ofNullable(spec.every());
    Optional<String> steps = every.filter(text -> text.endsWith(STEPS));
    Optional<String> destination = Optional.ofNullable(spec.destination());
    Optional<BucketPath> bucket = destination.flatMap(BucketPath::parse);
    return new CheckpointPlan(
        steps
            .map(text -> OptionalInt.of(Integer.parseInt(text.replace(STEPS, ""))))
            .orElseGet(OptionalInt::empty),
        every.filter(text -> steps.isEmpty()).map(Planner::duration),
        spec.keep(),
        bucket.isPresent() ? byDefault : destination.map(places::resolve).orElse(byDefault),
        bucket,
        spec.export() == CheckpointsSpec.Export.HUGGINGFACE);
  }

  /** Of {@code 30s}, {@code 20m} or {@code 2h}. */
  private static Duration duration(String text) {
    return Duration.parse("PT" + text);
  }
}
