package io.litoperator.worker.interchange;

import io.litoperator.worker.data.image.ProcessorFile;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.model.published.PublishedLayout;
import io.litoperator.worker.model.published.TensorNames;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.ModelPlan.ConversationTemplate;
import io.litoperator.worker.safetensors.Shards;
import io.litoperator.worker.transfer.Progress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Writes a published model's folder in our own form, which {@code model.from} and all commands
 * take. Tensors are copied byte by byte; only names and configurations change.
 */
public final class Import {
  private Import() {}

  /**
   * Imports; an earlier import in the same folder is written over.
   *
   * @param source folder in any of the known layouts
   * @param tower folder of the vision tower, if the source holds none
   * @param conversation that the model was trained with, where the source does not tell it, or
   *     tells another
   * @param target folder, made where absent
   * @throws io.litoperator.worker.failure.Failure {@code BAD_DATA} naming what is missing, left
   *     over or not understood, {@code INPUT_MISSING} if there is no such folder, or it lacks the
   *     settings of its image processor, {@code INVALID} if the target holds the source or anything
   *     else, or the conversation must be told, {@code STORAGE} if it cannot be written
   */
  public static Mapped run(
      Path source,
      Optional<Path> tower,
      Optional<ConversationTemplate> conversation,
      Path target,
      Progress progress) {
    ModelWriter.refuseOverwriting(source, target);
    tower.ifPresent(folder -> ModelWriter.refuseOverwriting(folder, target));
    SourceModel model = SourceModel.open(source, tower, progress);
    Mapped mapped = model.mapped(TensorNames.HUGGINGFACE, Optional.empty());
    ModelDescription description =
        model.description().with("torch_dtype", SourceModel.torchType(mapped));
    ModelPlan plan = ModelFolder.planOf(source, description, conversation);
    Optional<byte[]> given = preprocessor(source, tower);
    if (given.isEmpty() && ModelDescription.layoutOf(source) == PublishedLayout.HUGGINGFACE) {
      ProcessorFile.require(source);
    }
    Map<String, byte[]> files =
        ModelFolder.sideFiles(plan, description, given.orElseGet(() -> published(description)));
    ModelWriter.write(
        target,
        model.tensors(TensorNames.HUGGINGFACE, Optional.empty()),
        Shards.DEFAULT_BYTES,
        files,
        progress);
    Mapped told = mapped.with("conversation: " + plan.conversation());
    return given.isPresent()
        ? told
        : told.with(
            "%s: as published with the tower, as %s holds none"
                .formatted(ModelFolder.PREPROCESSOR, source));
  }

  private static Optional<byte[]> preprocessor(Path source, Optional<Path> tower) {
    return Stream.of(tower, Optional.of(source))
        .flatMap(Optional::stream)
        .map(ProcessorFile::in)
        .flatMap(Optional::stream)
        .map(ProcessorFile::content)
        .findFirst();
  }

  /** LLaVA's and TinyLLaVA's folders need none: their code takes the tower's own. */
  private static byte[] published(ModelDescription description) {
    return ModelFolder.bytes(PublishedPictures.of(description.config().vision()));
  }
}
