package io.litoperator.worker.interchange;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.data.image.ProcessorFile;
import io.litoperator.worker.data.labels.ChatTemplate;
import io.litoperator.worker.data.tokens.GenerationFile;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.data.tokens.TokenizerFolder;
import io.litoperator.worker.plan.ModelPlan;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The small files that LLaVA's and TinyLLaVA's own code loads.
 *
 * @param source folder of the model
 * @param config in their form
 */
record OriginalFiles(
    Path source, ModelPlan plan, ObjectNode config, TokenizerFolder folder, Tokenizer tokenizer) {

  /** Content by file name. */
  Map<String, byte[]> all() {
    if (!config.has("image_aspect_ratio")) {
      config.put("image_aspect_ratio", plan.aspect().name().toLowerCase(Locale.ROOT));
    }
    config.put("tokenizer_model_max_length", plan.maxLength());
    Map<String, byte[]> files = new TreeMap<>(folder.files());
    files.put(ModelFolder.CONFIG, ModelFolder.bytes(config));
    files.put(GenerationFile.NAME, ModelFolder.bytes(generation(plan, tokenizer)));
    files.put(ModelFolder.PREPROCESSOR, ProcessorFile.require(source).content());
    files.put(ModelFolder.TRAINING, ModelFolder.training(plan));
    return files;
  }

  /** Content of {@value GenerationFile#NAME}. */
  static ObjectNode generation(ModelPlan plan, Tokenizer tokenizer) {
    ObjectNode config = JsonNodeFactory.instance.objectNode().put("_from_model_config", true);
    tokenizer.beginOfSequence().ifPresent(token -> config.put("bos_token_id", token.id()));
    Set<Integer> stops = ChatTemplate.stops(plan, tokenizer);
    if (stops.size() == 1) {
      config.put("eos_token_id", tokenizer.endOfSequence().id());
    } else {
      stops.forEach(config.withArray("eos_token_id")::add);
    }
    tokenizer.padding().ifPresent(token -> config.put("pad_token_id", token.id()));
    return config;
  }
}
