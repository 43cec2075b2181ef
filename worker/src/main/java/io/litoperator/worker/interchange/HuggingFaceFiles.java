package io.litoperator.worker.interchange;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.litoperator.worker.data.image.ImageProcessor;
import io.litoperator.worker.data.image.ProcessorFile;
import io.litoperator.worker.data.labels.ChatTemplate;
import io.litoperator.worker.data.tokens.GenerationFile;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.data.tokens.TokenizerFolder;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.model.VisionConfig;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The small files of llava-hf's layout, as transformers 4.49 writes them.
 *
 * @param source folder of the model
 * @param llava {@code config.json} but for the ids of tokens
 * @param folder the tokenizer's files, with {@code <image>}
 */
record HuggingFaceFiles(
    Path source,
    ModelPlan plan,
    ModelConfig model,
    ObjectNode llava,
    TokenizerFolder folder,
    Tokenizer tokenizer) {

  private static final JsonMapper JSON = new JsonMapper();

  /** Content by file name. */
  Map<String, byte[]> all() {
    Map<String, byte[]> files = new TreeMap<>(folder.files());
    files.put(ModelFolder.CONFIG, ModelFolder.bytes(config()));
    files.put(GenerationFile.NAME, ModelFolder.bytes(OriginalFiles.generation(plan, tokenizer)));
    files.put("processor_config.json", ModelFolder.bytes(processorConfig()));
    files.put(PublishedConversation.TEMPLATE, ModelFolder.bytes(chatTemplate()));
    files.put(ModelFolder.PREPROCESSOR, ModelFolder.bytes(preprocessorConfig()));
    files.put(
        ModelFolder.TOKENIZER_CONFIG,
        ModelFolder.bytes(tokenizerConfig().put("processor_class", processor())));
    files.put(ModelFolder.TRAINING, ModelFolder.training(plan));
    return files;
  }

  private boolean tiles() {
    return llava.path("model_type").asText().equals("llava_next");
  }

  private String processor() {
    return tiles() ? "LlavaNextProcessor" : "LlavaProcessor";
  }

  private ObjectNode config() {
    ObjectNode config = llava.deepCopy();
    config.put("image_token_index", tokenizer.idOf(TokenizerFolder.IMAGE).orElseThrow());
    config.put("image_seq_length", model.imageTokens());
    tokenizer.padding().ifPresent(token -> config.put("pad_token_id", token.id()));
    return config;
  }

  private ObjectNode processorConfig() {
    VisionConfig vision = model.vision();
    return JSON.createObjectNode()
        .put("processor_class", processor())
        .put("image_token", TokenizerFolder.IMAGE)
        .put("patch_size", vision.patchSize())
        .put("vision_feature_select_strategy", model.dropFirst() ? "default" : "full")
        .put("num_additional_image_tokens", vision.family() == VisionConfig.Family.CLIP ? 1 : 0);
  }

  /** Only LLaVA's own processors pad and tile; CLIP's and SigLIP's settings are among theirs. */
  private ObjectNode preprocessorConfig() {
    ObjectNode config =
        ProcessorFile.require(source).settings().put("processor_class", processor());
    boolean llava = config.path("image_processor_type").asText("").startsWith("Llava");
    boolean pads = tiles() || plan.aspect() == ImageAspect.PAD;
    if (pads && !llava && model.vision().family() == VisionConfig.Family.SIGLIP) {
      fillSiglipDefaults(config);
    }
    if (tiles()) {
      config.put("image_processor_type", "LlavaNextImageProcessor");
      config.set("image_grid_pinpoints", this.llava.path("image_grid_pinpoints"));
    } else if (pads) {
      config.put("image_processor_type", "LlavaImageProcessor");
      config.remove("image_grid_pinpoints");
    }
    if (pads || llava) {
      config.put("do_pad", pads);
    }
    return config;
  }

  private void fillSiglipDefaults(ObjectNode config) {
    config.put("do_center_crop", false);
    int side = ImageProcessor.DEFAULT_SIDE;
    config.putIfAbsent("size", JSON.createObjectNode().put("height", side).put("width", side));
    for (String field : new String[] {"image_mean", "image_std"}) {
      ArrayNode half = JSON.createArrayNode().add(0.5).add(0.5).add(0.5);
      config.putIfAbsent(field, half);
    }
  }

  /** The fine-tune's prompts, for {@code apply_chat_template}. */
  private ObjectNode chatTemplate() {
    ChatTemplate template = ChatTemplate.of(plan, tokenizer);
    return JSON.createObjectNode()
        .put(
            "chat_template",
            set("opening", template.opening())
                + set("human", template.human())
                + set("model", template.model())
                + set("lead", template.lead())
                + set("end", template.end() + template.between())
                + resource("chat_template.jinja"));
  }

  private static String set(String variable, String text) {
    return "{%- set " + variable + " = " + literal(text) + " -%}\n";
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

  private ObjectNode tokenizerConfig() {
    return parse(ModelFolder.TOKENIZER_CONFIG, folder.files().get(ModelFolder.TOKENIZER_CONFIG));
  }

  private ObjectNode parse(String name, byte[] content) {
    try {
      return JSON.readValue(content, ObjectNode.class);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.BAD_DATA, source.resolve(name) + " is not a JSON object; get it again.", e);
    }
  }
}
