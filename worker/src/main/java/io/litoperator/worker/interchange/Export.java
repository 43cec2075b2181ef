package io.litoperator.worker.interchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.data.tokens.TokenizerFolder;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.model.published.PublishedLayout;
import io.litoperator.worker.model.published.Unsupported;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.Shards;
import io.litoperator.worker.transfer.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a model's folder as the tools that people have load it. */
public final class Export {
  /** Files of an export without which nobody takes it for a model: of a copy they come last. */
  public static final List<String> LAST = ModelWriter.LAST;

  private Export() {}

  /**
   * What to write.
   *
   * @param dtype type of all tensors; each keeps its own if empty
   */
  public record Form(PublishedLayout layout, Optional<DType> dtype) {}

  /** As transformers and vLLM load it, each tensor in the type that it has. */
  public static Mapped run(Path source, Path target, Progress progress) {
    return run(source, target, new Form(PublishedLayout.HUGGINGFACE, Optional.empty()), progress);
  }

  /**
   * Exports; of a checkpoint of adapters, PEFT's files. An earlier export in the same folder is
   * written over.
   *
   * @param source a checkpoint's folder, of which every byte is verified first, or a model's
   * @param target folder, made where absent
   * @throws Failure {@code BAD_DATA} or {@code INPUT_MISSING} if the source is damaged or missing,
   *     {@code INVALID} if the target holds anything else or the layout cannot hold the model,
   *     {@code STORAGE} if it cannot be written
   */
  public static Mapped run(Path source, Path target, Form form, Progress progress) {
    ModelWriter.refuseOverwriting(source, target);
    if (AdapterFiles.in(source)) {
      return AdapterExport.run(source, target, form.dtype(), progress);
    }
    SourceModel model = SourceModel.open(source, Optional.empty(), progress);
    theirs(form.layout(), source, model.description().json()); // refuses what it cannot hold
    TokenizerFolder tokenizer = TokenizerFolder.read(source);
    if (form.layout() == PublishedLayout.HUGGINGFACE) {
      tokenizer = tokenizer.grown();
      model.growVocabulary(size(tokenizer));
    }
    Mapped mapped = model.mapped(form.layout().names(), form.dtype());
    Map<String, byte[]> files =
        files(source, model.description(), tokenizer, form.layout(), SourceModel.torchType(mapped));
    ModelWriter.write(
        target,
        model.tensors(form.layout().names(), form.dtype()),
        Shards.DEFAULT_BYTES,
        files,
        progress);
    return mapped;
  }

  private static int size(TokenizerFolder folder) {
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      return tokenizer.vocabularySize();
    }
  }

  private static Map<String, byte[]> files(
      Path source,
      ModelDescription description,
      TokenizerFolder folder,
      PublishedLayout layout,
      String torchType) {
    ModelPlan plan = ModelFolder.planOf(source, description);
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      ModelDescription exported = description.with("torch_dtype", torchType);
      if (layout != PublishedLayout.HUGGINGFACE) {
        ObjectNode config = theirs(layout, source, exported.json());
        return new OriginalFiles(source, plan, config, folder, tokenizer).all();
      }
      int rows =
          ModelDescription.grown(
              description.config().text().vocabularySize(), tokenizer.vocabularySize());
      ObjectNode config = theirs(layout, source, exported.json());
      config.withObject("/text_config").put("vocab_size", rows);
      return new HuggingFaceFiles(source, plan, description.config(), config, folder, tokenizer)
          .all();
    }
  }

  private static ObjectNode theirs(PublishedLayout layout, Path source, ObjectNode ours) {
    try {
      return layout.fromOurs(ours);
    } catch (Unsupported e) {
      throw e.in(source, ExitCode.INVALID);
    }
  }
}
