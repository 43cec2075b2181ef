package io.litoperator.worker.interchange;

import com.fasterxml.jackson.databind.JsonNode;
import io.litoperator.worker.model.published.PublishedLayout;
import io.litoperator.worker.plan.ModelPlan.ConversationTemplate;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a published model was talked to in training, as far as its folder tells. */
final class PublishedConversation {
  static final String TEMPLATE = "chat_template.json";

  /** What only one template writes; special tokens go before words, which any may hold. */
  private static final List<Mark> MARKS =
      List.of(
          new Mark("<|start_header_id|>", ConversationTemplate.LLAMA_3),
          new Mark("<|im_start|>", ConversationTemplate.CHATML),
          new Mark("[INST]", ConversationTemplate.MISTRAL),
          new Mark("USER:", ConversationTemplate.VICUNA_V1));

  /**
   * By which LLaVA's code (run_llava.py) and LLaVA-NeXT's choose: the first rule that fits counts.
   * Of the first rule's models the conversations are not built; that of v1.6-34b is ChatML with
   * other line ends. LLaVA-NeXT's largest two are Qwen's, which their names do not say.
   */
  private static final List<Rule> RULES =
      List.of(
          new Rule("llama-?2|v1\\.6-34b|hermes|orca|mpt|v0", ".*", Optional.empty()),
          new Rule("mistral", "llava_mistral", Optional.of(ConversationTemplate.MISTRAL)),
          new Rule("llama-?3", "llava|llava_llama", Optional.of(ConversationTemplate.LLAMA_3)),
          new Rule(
              "qwen|llava-next-(72b|110b)", "llava_qwen", Optional.of(ConversationTemplate.CHATML)),
          new Rule("v1|vicuna", "llava|llava_llama", Optional.of(ConversationTemplate.VICUNA_V1)));

  private record Mark(String text, ConversationTemplate conversation) {}

  /**
   * @param name pattern of a part of a model's name in lower case
   * @param type pattern of its {@code model_type}, so that a name alone does not mislead
   */
  private record Rule(String name, String type, Optional<ConversationTemplate> conversation) {
    boolean fits(String modelName, String modelType) {
      return Pattern.compile(name).matcher(modelName).find() && modelType.matches(type);
    }
  }

  private PublishedConversation() {}

  /**
   * As the processor's template has it, or the name of a model in LLaVA's layout, which has no
   * template. The tokenizer's template is the language model's own, which the whole model need not
   * be trained with.
   *
   * @param config content of the folder's {@code config.json}
   */
  static Optional<ConversationTemplate> of(Path folder, JsonNode config) {
    return inTemplate(folder)
        .or(
            () ->
                PublishedLayout.of(config) == PublishedLayout.LIUHAOTIAN
                    ? byName(nameOf(folder), config.path("model_type").asText())
                    : Optional.empty());
  }

  private static Optional<ConversationTemplate> inTemplate(Path folder) {
    String template =
        Stream.of(TEMPLATE, "chat_template.jinja")
            .map(folder::resolve)
            .filter(Files::exists)
            .map(file -> new String(ModelFolder.read(file), StandardCharsets.UTF_8))
            .collect(Collectors.joining());
    return MARKS.stream()
        .filter(mark -> template.contains(mark.text()))
        .map(Mark::conversation)
        .findFirst();
  }

  private static Optional<ConversationTemplate> byName(String name, String type) {
    return RULES.stream()
        .filter(rule -> rule.fits(name, type))
        .findFirst()
        .flatMap(Rule::conversation);
  }

  /**
   * In the hub's cache the folder of {@code owner/name} is models--owner--name/snapshots/COMMIT.
   */
  private static String nameOf(Path folder) {
    Path whole = folder.toAbsolutePath().normalize();
    Path named = whole.getParent().endsWith("snapshots") ? whole.getParent().getParent() : whole;
    String name = named.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.substring(name.lastIndexOf("--") + 1);
  }
}
