package io.litoperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * What is trained: a language model, a vision tower and the connector between them.
 *
 * @param languageModel The language model and its tokenizer.
 * @param visionTower The image encoder.
 * @param from Instead of the two: a whole LLaVA-style checkpoint, in Hugging Face's, liuhaotian's
 *     or TinyLLaVA's names.
 * @param conversation Chat template: Vicuna's, Llama 3's, ChatML (Qwen) or Mistral's. Default:
 *     vicuna_v1.
 * @param systemPrompt Replaces the chat template's system prompt.
 * @param images How pictures are fitted to the vision tower.
 * @param maxLength Longest sequence in tokens, a picture counting as one; the rest is cut.
 * @param maxRows Longest sequence with all rows of its pictures; the rest is cut, as LLaVA and
 *     TinyLLaVA do once pictures are expanded. Default: not cut.
 * @param connectorInit How the connector of a new model starts: from a normal distribution of the
 *     language model's deviation, with zero biases, as transformers and TinyLLaVA have it (normal),
 *     or as torch's Linear by itself, which is LLaVA's (uniform). Default: normal.
 */
@ValidationRule(
    value =
        "has(self.from) ? !has(self.languageModel) && !has(self.visionTower) :"
            + " has(self.languageModel) && has(self.visionTower)",
    message = "give either 'from' or both 'languageModel' and 'visionTower'")
@ValidationRule(
    value = "!has(self.systemPrompt) || !has(self.conversation) || self.conversation != 'mistral'",
    message = "the template mistral has no system prompt",
    fieldPath = ".systemPrompt")
@ValidationRule(
    value = "!has(self.from) || !has(self.connectorInit)",
    message = "a whole model has its connector",
    fieldPath = ".connectorInit")
public record ModelSpec(
    LanguageModel languageModel,
    VisionTower visionTower,
    @Pattern(Source.PATTERN) @Size(max = Source.MAX) String from,
    Conversation conversation,
    @Size(max = 4096) String systemPrompt,
    @Default("{}") Images images,
    @Default("2048") @Min(8) @Max(1048576) Integer maxLength,
    @Min(8) @Max(1048576) Integer maxRows,
    ConnectorInit connectorInit) {

  /**
   * @param source Folder with config.json, the tokenizer and, unless the model is to be
   *     initialised, weights: hf://, s3://, pvc:// or a path.
   */
  public record LanguageModel(
      @Required @Pattern(Source.PATTERN) @Size(min = 1, max = Source.MAX) String source) {}

  /**
   * @param source Folder with config.json, preprocessor_config.json and, unless the tower is to be
   *     initialised, weights: hf://, s3://, pvc:// or a path.
   * @param featureLayer Hidden state that the connector sees, counted from the end; -1 is the last
   *     layer's output.
   * @param featureSelect Whether the first row of the features is dropped (default) or kept (full).
   */
  public record VisionTower(
      @Required @Pattern(Source.PATTERN) @Size(min = 1, max = Source.MAX) String source,
      @Default("-2") @Min(-128) @Max(-1) Integer featureLayer,
      @Default("default") FeatureSelect featureSelect) {}

  /**
   * @param aspect Shortest edge and centre crop (square), padding to a square (pad), or tiles in a
   *     grid (anyres).
   * @param gridPinpoints Sizes that anyres chooses from, as [width, height] in pixels.
   */
  @ValidationRule(
      value = "!has(self.gridPinpoints) || self.aspect == 'anyres'",
      message = "only anyres has gridPinpoints",
      fieldPath = ".gridPinpoints")
  @ValidationRule(
      value =
          "!has(self.gridPinpoints) || self.gridPinpoints.all(size, size.size() == 2 && size[0] >= 1 && size[1] >= 1)",
      message = "each entry must be [width, height]",
      fieldPath = ".gridPinpoints")
  public record Images(
      @Default("pad") Aspect aspect,
      @Size(min = 1, max = 64) List<List<@Max(Integer.MAX_VALUE) Integer>> gridPinpoints) {}

  public enum Conversation {
    @JsonProperty("vicuna_v1")
    VICUNA_V1,
    @JsonProperty("llama_3")
    LLAMA_3,
    @JsonProperty("chatml")
    CHATML,
    @JsonProperty("mistral")
    MISTRAL
  }

  public enum ConnectorInit {
    @JsonProperty("normal")
    NORMAL,
    @JsonProperty("uniform")
    UNIFORM
  }

  public enum FeatureSelect {
    @JsonProperty("default")
    DEFAULT,
    @JsonProperty("full")
    FULL
  }

  public enum Aspect {
    @JsonProperty("square")
    SQUARE,
    @JsonProperty("pad")
    PAD,
    @JsonProperty("anyres")
    ANYRES
  }
}
