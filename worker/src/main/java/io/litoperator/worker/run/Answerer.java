package io.litoperator.worker.run;

import io.litoperator.worker.checkpoint.Checkpoint;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.evaluate.Prompts;
import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.TaskData;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.interchange.ModelFolder;
import io.litoperator.worker.interchange.ModelSources;
import io.litoperator.worker.model.Inference;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.transfer.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A trained model that is asked about a picture, as its fine-tune asked it. */
public final class Answerer implements AutoCloseable {
  /** Every weight is read from the folder, so that nothing is drawn from this. */
  private static final long UNUSED_SEED = 0;

  private final ModelPlan plan;
  private final ModelSources sources;
  private final VisionLanguageModel model;

  private Answerer(ModelPlan plan, ModelSources sources, VisionLanguageModel model) {
    this.plan = plan;
    this.sources = sources;
    this.model = model;
  }

  /**
   * Loads a model; libtorch must have been started.
   *
   * @param folder a checkpoint, which is verified, or a model in Hugging Face's layout
   * @param progress told how much has been verified and read
   * @throws Failure if the folder is not a whole model or is damaged
   */
  public static Answerer open(Path folder, Precision precision, Progress progress) {
    ModelPlan plan = ModelFolder.planOf(folder);
    if (Files.exists(folder.resolve("manifest.json"))) {
      Checkpoint.open(folder, progress);
    }
    ModelSources sources = ModelSources.open(plan);
    try {
      return new Answerer(
          plan, sources, sources.build(UNUSED_SEED, Parameters.typeOf(precision), progress));
    } catch (RuntimeException e) {
      sources.close();
      throw e;
    }
  }

  /**
   * The most likely continuation, token by token.
   *
   * @param newTokens most tokens of the answer
   * @throws Failure if the picture cannot be read, or the question holds what no prompt can
   */
  public String answer(Path picture, String question, int newTokens) {
    Path file = picture.toAbsolutePath();
    Prompts prompts =
        Prompts.of(plan, sources.tokenizer(), sources.images(Stage.FINETUNE)::process);
    Question asking =
        new Question("", file.getFileName().toString(), question, "", Optional.empty(), List.of());
    TaskData data = TaskData.of(List.of(asking), file.getParent());
    List<Sample> asked = prompts.unanswered(data, data.questions());
    Inference.Limits limits = new Inference.Limits(newTokens, prompts.stops(), false);
    try (Inference inference = new Inference(model)) {
      List<int[]> answers = inference.generate(asked, limits);
      return sources.tokenizer().decode(answers.get(0)).strip();
    }
  }

  @Override
  public void close() {
    model.close();
    sources.close();
  }
}
