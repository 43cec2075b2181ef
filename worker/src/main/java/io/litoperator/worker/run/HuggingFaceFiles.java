package io.litoperator.worker.run;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.litoperator.worker.data.annotations.Annotation;
import io.litoperator.worker.data.labels.Labeller;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.model.VisionConfig;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The small files of llava-hf's layout, as transformers 4.49 writes them.
 *
 * @param folder of a checkpoint
 */
record HuggingFaceFiles(
    Path folder, ModelPlan plan, ModelDescription description, Tokenizer tokenizer) {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String PROCESSOR = "LlavaProcessor";

  /** Content by file name. */
  Map<String, byte[]> all() {
    Map<String, byte[]> files = new TreeMap<>();
    files.put(ModelFolder.CONFIG, bytes(config()));
    files.put("generation_config.json", bytes(generationConfig()));
    files.put("processor_config.json", bytes(processorConfig()));
    files.put("chat_template.json", bytes(chatTemplate()));
    files.put(ModelFolder.PREPROCESSOR, bytes(preprocessorConfig()));
    files.put(ModelFolder.TOKENIZER, bytes(tokenizerJson()));
    files.put(
        ModelFolder.TOKENIZER_CONFIG,
        bytes(read(ModelFolder.TOKENIZER_CONFIG).put("processor_class", PROCESSOR)));
    for (String name : ModelFolder.OPTIONAL_TOKENIZER_FILES) {
      if (Files.exists(folder.resolve(name))) {
        files.put(name, ModelFolder.read(folder.resolve(name)));
      }
    }
    files.put(ModelFolder.TRAINING, ModelFolder.training(plan));
    return files;
  }

  private ObjectNode config() {
    ObjectNode config = description.json();
    config.put("image_token_index", imageToken());
    config.put("torch_dtype", "float32"); // what checkpoints hold, whatever the model came in
    tokenizer.padding().ifPresent(token -> config.put("pad_token_id", token.id()));
    return config;
  }

  private ObjectNode generationConfig() {
    ObjectNode config = JSON.createObjectNode().put("_from_model_config", true);
    tokenizer.beginOfSequence().ifPresent(token -> config.put("bos_token_id", token.id()));
    config.put("eos_token_id", tokenizer.endOfSequence().id());
    tokenizer.padding().ifPresent(token -> config.put("pad_token_id", token.id()));
    return config;
  }

  private ObjectNode processorConfig() {
    VisionConfig vision = description.config().vision();
    return JSON.createObjectNode()
        .put("processor_class", PROCESSOR)
        .put("image_token", Annotation.IMAGE)
        .put("patch_size", vision.patchSize())
        .put(
            "vision_feature_select_strategy", description.config().dropFirst() ? "default" : "full")
        .put("num_additional_image_tokens", vision.family() == VisionConfig.Family.CLIP ? 1 : 0);
  }

  /** Only LLaVA's own processor pads pictures; CLIP's and SigLIP's settings are among its. */
  private ObjectNode preprocessorConfig() {
    ObjectNode config = read(ModelFolder.PREPROCESSOR).put("processor_class", PROCESSOR);
    boolean llava = config.path("image_processor_type").asText("").startsWith("LlavaImageProc");
    if (plan.aspect() == ImageAspect.PAD && !llava) {
      if (description.config().vision().family() == VisionConfig.Family.SIGLIP) {
        fillSiglipDefaults(config);
      }
      config.put("image_processor_type", "LlavaImageProcessor");
    }
    if (plan.aspect() == ImageAspect.PAD || llava) {
      config.put("do_pad", plan.aspect() == ImageAspect.PAD);
    }
    return config;
  }

  private void fillSiglipDefaults(ObjectNode config) {
    config.put("do_center_crop", false);
    int side = description.config().vision().imageSize();
    config.putIfAbsent("size", JSON.createObjectNode().put("height", side).put("width", side));
    for (String field : new String[] {"image_mean", "image_std"}) {
      ArrayNode half = JSON.createArrayNode().add(0.5).add(0.5).add(0.5);
      config.putIfAbsent(field, half);
    }
  }

  /** The token's id in exported prompts; in training the picture has none. */
  private int imageToken() {
    int id = tokenizer.idOf(Annotation.IMAGE).orElse(tokenizer.vocabularySize());
    int rows = description.config().text().vocabularySize();
    if (id >= rows) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s has no %s token, and the model's %d rows have none to spare for it; add both before training."
              .formatted(folder.resolve(ModelFolder.TOKENIZER), Annotation.IMAGE, rows));
    }
    return id;
  }

  private ObjectNode tokenizerJson() {
    ObjectNode json = read(ModelFolder.TOKENIZER);
    if (tokenizer.idOf(Annotation.IMAGE).isEmpty()) {
      json.withArray("added_tokens")
          .addObject()
          .put("id", imageToken())
          .put("content", Annotation.IMAGE)
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    return json;
  }

  /** The fine-tune's prompts, for {@code apply_chat_template}. */
  private ObjectNode chatTemplate() {
    String template =
        "{%- set system = "
            + literal(Labeller.systemPrompt(plan))
            + " -%}\n{%- set end_of_sequence = "
            + literal(tokenizer.endOfSequence().text())
            + " -%}\n"
            + resource("vicuna_v1.jinja");
    return JSON.createObjectNode().put("chat_template", template);
  }

  /** A string as both JSON and Jinja write it. */
  private static String literal(String text) {
    return TextNode.valueOf(text).toString();
  }

  private static String resource(String name) {
    try (InputStream in = HuggingFaceFiles.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " in this program", e);
    }
  }

  private ObjectNode read(String name) {
    Path file = folder.resolve(name);
    try {
      return JSON.readValue(ModelFolder.read(file), ObjectNode.class);
    } catch (IOException e) {
      throw new Failure(ExitCode.BAD_DATA, file + " is not a JSON object; get it again.", e);
    }
  }

  private static byte[] bytes(ObjectNode json) {
    return ModelFolder.utf8(json.toPrettyString() + "\n");
  }
}
