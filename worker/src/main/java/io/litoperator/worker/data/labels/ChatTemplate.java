package io.litoperator.worker.data.labels;

import io.litoperator.worker.data.tokens.GenerationFile;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.ModelPlan;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a fine-tune writes around what is said: {@code opening}, and for each turn {@code human},
 * the question, {@code model}, {@code lead}, the answer, {@code end}, {@code between}. A question
 * to a trained model ends in {@code model}.
 *
 * @param opening the system prompt and what is around it
 * @param lead first characters of what the model is to write
 * @param end last characters of what the model is to write
 * @param markers tokens of the template's own, which no turn may hold; empty where texts mark turns
 */
public record ChatTemplate(
    String opening,
    String human,
    String model,
    String lead,
    String end,
    String between,
    List<String> markers) {

  private static final String VICUNA_SYSTEM =
      "A chat between a curious user and an artificial intelligence assistant. The assistant gives"
          + " helpful, detailed, and polite answers to the user's questions.";

  private static final String LLAMA_SYSTEM =
      "You are a helpful language and vision assistant. You are able to understand the visual"
          + " content that the user provides, and assist the user with a variety of tasks using"
          + " natural language.";

  private static final String QWEN_SYSTEM = "You are a helpful assistant.";

  /**
   * The template that a model is trained with: its own words, as LLaVA ({@code vicuna_v1}) and
   * LLaVA-NeXT (the others) have them, and the job's system prompt.
   *
   * @throws Failure INVALID if the tokenizer lacks one of the template's markers
   */
  public static ChatTemplate of(ModelPlan plan, Tokenizer tokenizer) {
    String endOfSequence = tokenizer.endOfSequence().text();
    Optional<String> system = plan.systemPrompt();
    ChatTemplate template =
        switch (plan.conversation()) {
          case VICUNA_V1 -> vicuna(system.orElse(VICUNA_SYSTEM), endOfSequence);
          case LLAMA_3 -> llama(system.orElse(LLAMA_SYSTEM));
          case CHATML -> chatml(system.orElse(QWEN_SYSTEM));
          case MISTRAL -> mistral(endOfSequence);
        };
    for (String marker : template.markers()) {
      if (tokenizer.idOf(marker).isEmpty()) {
        throw new Failure(
            ExitCode.INVALID,
            "spec.model.conversation: %s needs the token %s, which the language model's tokenizer does not have; choose another template, such as vicuna_v1, or a model with that token."
                .formatted(plan.conversation(), marker));
      }
    }
    return template;
  }

  /**
   * Ids that end an answer: the tokenizer's end of sequence, the template's where it differs, and
   * those of the model's {@link GenerationFile}.
   */
  public static Set<Integer> stops(ModelPlan plan, Tokenizer tokenizer) {
    Set<Integer> stops = new LinkedHashSet<>();
    stops.add(tokenizer.endOfSequence().id());
    tokenizer.idOf(of(plan, tokenizer).end()).ifPresent(stops::add);
    plan.from().or(plan::languageModel).map(GenerationFile::stops).ifPresent(stops::addAll);
    return stops;
  }

  static ChatTemplate vicuna(String system, String endOfSequence) {
    return new ChatTemplate(
        system + " ", "USER: ", " ASSISTANT:", " ", endOfSequence, "", List.of());
  }

  /** Without a system prompt, which Mistral's models have none of. */
  private static ChatTemplate mistral(String endOfSequence) {
    return new ChatTemplate("", "[INST] ", " [/INST]", " ", endOfSequence, "", List.of());
  }

  static ChatTemplate llama(String system) {
    String end = "<|eot_id|>";
    return new ChatTemplate(
        header("system") + system + end,
        header("user"),
        end + header("assistant"),
        "",
        end,
        "",
        List.of("<|start_header_id|>", "<|end_header_id|>", end));
  }

  private static String header(String role) {
    return "<|start_header_id|>" + role + "<|end_header_id|>\n\n";
  }

  private static ChatTemplate chatml(String system) {
    String start = "<|im_start|>";
    String end = "<|im_end|>";
    return new ChatTemplate(
        start + "system\n" + system + end + "\n",
        start + "user\n",
        end + "\n" + start + "assistant\n",
        "",
        end,
        "\n",
        List.of(start, end));
  }
}
