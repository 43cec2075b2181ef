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
 * What the loss is taken over.
 *
 * @param name Answers only (VIT), every token (AllTokens), answers and instructions (NoRoleTokens),
 *     or these without task templates (LIT): the rows of the paper's Table 3.
 * @param templates Task templates that LIT leaves out of the loss.
 * @param normalization What the loss is averaged over: all supervised tokens of the global batch
 *     (globalTokens), or each micro-batch's own and then the micro-batches (microBatch), as the
 *     references do.
 * @param textOnly What is supervised in a sample without a picture: answers, or instructions too.
 */
public record ObjectiveSpec(
    @Default("LIT") Name name,
    @Default("{\"builtin\": \"paper\"}") Templates templates,
    @Default("globalTokens") Normalization normalization,
    @Default("instructions") TextOnly textOnly) {

  /**
   * @param builtin A list of the paper's: Table 5 (paper) or Table 6 (paper-llava-next).
   * @param list Templates of your own.
   * @param mine Finds templates in the data itself, before training.
   * @param configMapKeyRef A ConfigMap's entry with one template a line, mounted into the Pods; a
   *     job goes on with what it held at its beginning.
   */
  @ValidationRule(
      value =
          "(has(self.builtin) ? 1 : 0) + (has(self.list) ? 1 : 0) + (has(self.mine) ? 1 : 0)"
              + " + (has(self.configMapKeyRef) ? 1 : 0) == 1",
      message = "give exactly one of 'builtin', 'list', 'mine' and 'configMapKeyRef'")
  public record Templates(
      Builtin builtin,
      @Size(min = 1, max = 1000) List<@Pattern("^.*\\S.*$") @Size(max = 1000) String> list,
      Mine mine,
      ConfigMapKey configMapKeyRef) {}

  /**
   * @param minFrequency How often a sentence must occur in the data's instructions to be a
   *     template.
   * @param minWords Of a sentence; shorter ones are no templates.
   * @param splitter Whether questions are taken apart into sentences or into lines.
   */
  public record Mine(
      @Required @Min(2) @Max(Integer.MAX_VALUE) Integer minFrequency,
      @Default("3") @Min(1) @Max(100) Integer minWords,
      @Default("sentences") Splitter splitter) {}

  public enum Splitter {
    @JsonProperty("sentences")
    SENTENCES,
    @JsonProperty("lines")
    LINES
  }

  /**
   * @param name Of a ConfigMap in the job's namespace.
   * @param key Of its entry.
   */
  public record ConfigMapKey(
      @Required @Size(min = 1, max = 253) String name,
      @Required @Size(min = 1, max = 253) String key) {}

  public enum Name {
    VIT,
    @JsonProperty("AllTokens")
    ALL_TOKENS,
    @JsonProperty("NoRoleTokens")
    NO_ROLE_TOKENS,
    LIT
  }

  public enum Builtin {
    @JsonProperty("paper")
    PAPER,
    @JsonProperty("paper-llava-next")
    PAPER_LLAVA_NEXT
  }

  public enum Normalization {
    @JsonProperty("globalTokens")
    GLOBAL_TOKENS,
    @JsonProperty("microBatch")
    MICRO_BATCH
  }

  public enum TextOnly {
    @JsonProperty("answers")
    ANSWERS,
    @JsonProperty("instructions")
    INSTRUCTIONS
  }
}
