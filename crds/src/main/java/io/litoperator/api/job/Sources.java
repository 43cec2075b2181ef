package io.litoperator.api.job;

import io.litoperator.api.v1alpha1.DatasetSpec;
import io.litoperator.api.v1alpha1.EvaluateSpec;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import io.litoperator.api.v1alpha1.ModelSpec;
import io.litoperator.api.v1alpha1.StageSpec;
import java.util.ArrayList;
import java.util.List;

/** Lists the places that a job reads from and writes to. */
public final class Sources {
  private final List<Source> found = new ArrayList<>();

  private Sources() {}

  /**
   * @param field path in the job: {@code spec.model.from}
   * @param location {@code hf://}, {@code s3://}, {@code pvc://} or a path
   * @param written whether the job writes there
   */
  public record Source(String field, String location, boolean written) {}

  /** In the order of the spec's fields; absent ones are left out. */
  public static List<Source> of(LitTrainingJobSpec spec) {
    var sources = new Sources();
    sources.model(spec.model());
    sources.stage("spec.pretrain", spec.pretrain());
    sources.stage("spec.finetune", spec.finetune());
    sources.evaluate(spec.evaluate());
    if (spec.data() != null) {
      sources.add("spec.data.cache", spec.data().cache(), true);
      sources.add("spec.data.features", spec.data().features(), true);
    }
    if (spec.checkpoints() != null) {
      sources.add("spec.checkpoints.destination", spec.checkpoints().destination(), true);
    }
    return List.copyOf(sources.found);
  }

  private void model(ModelSpec model) {
    if (model.languageModel() != null) {
      add("spec.model.languageModel.source", model.languageModel().source(), false);
    }
    if (model.visionTower() != null) {
      add("spec.model.visionTower.source", model.visionTower().source(), false);
    }
    add("spec.model.from", model.from(), false);
  }

  private void stage(String field, StageSpec stage) {
    if (stage == null) {
      return;
    }
    int index = 0;
    for (DatasetSpec dataset : stage.dataset()) {
      String at = field + ".dataset[" + index++ + "]";
      add(at + ".annotations", dataset.annotations(), false);
      add(at + ".images", dataset.images(), false);
    }
  }

  private void evaluate(EvaluateSpec evaluate) {
    if (evaluate == null) {
      return;
    }
    int index = 0;
    for (EvaluateSpec.Task task : evaluate.tasks()) {
      String at = "spec.evaluate.tasks[" + index++ + "]";
      add(at + ".data", task.data(), false);
      add(at + ".images", task.images(), false);
    }
  }

  private void add(String field, String location, boolean written) {
    if (location != null) {
      found.add(new Source(field, location, written));
    }
  }
}
