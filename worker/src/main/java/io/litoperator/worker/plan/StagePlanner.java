package io.litoperator.worker.plan;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.litoperator.api.v1alpha1.DatasetSpec;
import io.litoperator.api.v1alpha1.FinetuneSpec;
import io.litoperator.api.v1alpha1.LearningRates;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import io.litoperator.api.v1alpha1.ObjectiveSpec;
import io.litoperator.api.v1alpha1.ObjectiveSpec.Mine;
import io.litoperator.api.v1alpha1.ObjectiveSpec.Templates;
import io.litoperator.api.v1alpha1.OptimizerSpec;
import io.litoperator.api.v1alpha1.StageSpec;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.StagePlan.LabelPlan;
import io.litoperator.worker.plan.StagePlan.Normalization;
import io.litoperator.worker.plan.StagePlan.Optimizer;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.plan.StagePlan.TextOnly;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Plans one stage of a job. */
record StagePlanner(
    Inputs inputs, Function<String, List<String>> builtinTemplates, LitTrainingJobSpec job) {

  StagePlan plan(Stage stage, Overrides overrides) {
    StageSpec spec = stage == Stage.PRETRAIN ? job.pretrain() : job.finetune();
    Optional<LoraPlan> lora = lora(stage, overrides);
    return new StagePlan(
        stage,
        stage == Stage.PRETRAIN
            ? LabelPlan.answers()
            : labels(job.finetune().objective(), overrides),
        datasets("spec." + stage.label(), spec.dataset()),
        trainable(spec, lora.isPresent()),
        learningRates(spec.learningRates(), lora.isPresent()),
        spec.epochs() == null ? 1 : spec.epochs(),
        spec.maxSteps() == null ? OptionalInt.empty() : OptionalInt.of(spec.maxSteps()),
        spec.globalBatchSize(),
        microBatchSize(spec.microBatchSize()),
        optimizer(spec.optimizer()),
        Checkpointing.valueOf(job.activationCheckpointing().name()),
        lora);
  }

  private static int microBatchSize(IntOrString spec) {
    return spec.getIntVal() == null ? StagePlan.AUTO : spec.getIntVal();
  }

  private Optional<LoraPlan> lora(Stage stage, Overrides overrides) {
    if (stage == Stage.PRETRAIN || job.finetune().lora() == null) {
      return Optional.empty();
    }
    FinetuneSpec.Lora spec = job.finetune().lora();
    return Optional.of(
        new LoraPlan(
            spec.rank(), spec.alpha(), spec.dropout(), overrides.seed().orElse(job.seed())));
  }

  /** With LoRA, adapters train in place of the language model. */
  private static Set<ModelPart> trainable(StageSpec spec, boolean lora) {
    Set<ModelPart> parts =
        spec.trainable().stream()
            .map(part -> ModelPart.valueOf(part.name()))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(ModelPart.class)));
    if (lora) {
      parts.remove(ModelPart.LANGUAGE_MODEL);
      parts.add(ModelPart.ADAPTERS);
    }
    return parts;
  }

  private List<DatasetPlan> datasets(String stage, List<DatasetSpec> specs) {
    List<DatasetPlan> datasets = new ArrayList<>();
    for (DatasetSpec spec : specs) {
      String field = stage + ".dataset[" + datasets.size() + "]";
      Path annotations = inputs.files(field + ".annotations", spec.annotations());
      Path images =
          spec.images() == null
              ? Files.isDirectory(annotations) ? annotations : annotations.getParent()
              : inputs.folder(field + ".images", spec.images());
      datasets.add(new DatasetPlan(annotations, images, spec.weight()));
    }
    return datasets;
  }

  private LabelPlan labels(ObjectiveSpec spec, Overrides overrides) {
    return new LabelPlan(
        overrides.objective().orElse(Objective.valueOf(spec.name().name())),
        templates(spec.templates()).stream().map(text -> text.replace('’', '\'')).toList(),
        Optional.ofNullable(spec.templates().mine()).map(StagePlanner::mining),
        TextOnly.valueOf(spec.textOnly().name()),
        Normalization.valueOf(spec.normalization().name()));
  }

  /** Those that the job gives; none where they are mined. */
  private List<String> templates(Templates spec) {
    if (spec.configMapKeyRef() != null) {
      return inputs.templates("spec.finetune.objective.templates.configMapKeyRef");
    }
    if (spec.builtin() == null) {
      return spec.list() == null ? List.of() : spec.list();
    }
    return builtinTemplates.apply(
        switch (spec.builtin()) {
          case PAPER -> "paper";
          case PAPER_LLAVA_NEXT -> "paper-llava-next";
        });
  }

  private static MiningPlan mining(Mine spec) {
    return new MiningPlan(
        spec.minFrequency(), spec.minWords(), MiningPlan.Unit.valueOf(spec.splitter().name()));
  }

  private static Map<ModelPart, Double> learningRates(LearningRates spec, boolean lora) {
    Map<ModelPart, Double> rates = new EnumMap<>(ModelPart.class);
    if (spec != null) {
      rates.put(ModelPart.VISION_TOWER, spec.visionTower());
      rates.put(ModelPart.CONNECTOR, spec.connector());
      rates.put(lora ? ModelPart.ADAPTERS : ModelPart.LANGUAGE_MODEL, spec.languageModel());
      rates.values().removeIf(rate -> rate == null);
    }
    return rates;
  }

  private static Optimizer optimizer(OptimizerSpec spec) {
    return new Optimizer(
        spec.learningRate(),
        spec.warmupRatio(),
        StagePlan.Decay.valueOf(spec.schedule().name()),
        spec.weightDecay(),
        spec.betas().get(0),
        spec.betas().get(1),
        spec.epsilon(),
        Optional.ofNullable(spec.clipNorm()));
  }
}
