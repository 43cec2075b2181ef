package io.litoperator.worker.data.labels;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.annotations.Annotation;
import io.litoperator.worker.data.annotations.Whitespace;
import io.litoperator.worker.data.tokens.SpecialToken;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.ModelPlan.ConversationTemplate;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.LabelPlan;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.plan.StagePlan.TextOnly;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Turns conversations into tokens and decides which of them are supervised (the four rows of the
 * paper's Table 3): answers and their end of sequence always; under LIT also what the human says,
 * without task templates.
 *
 * <p>Answers get the labels that LLaVA's {@code preprocess_v1} and TinyLLaVA's templates give them.
 * Safe for use by several threads.
 */
public final class Labeller {
  private final Tokenizer tokenizer;
  private final PromptFormat format;
  private final LabelPlan plan;
  private final TemplateMatcher templates;
  private final int maxLength;
  private final boolean picturesFirst;

  /**
   * @param picturesFirst whether questions are arranged as {@link ConversationText#picturesFirst}
   */
  private Labeller(
      Tokenizer tokenizer,
      PromptFormat format,
      LabelPlan plan,
      int maxLength,
      boolean picturesFirst) {
    this.tokenizer = tokenizer;
    this.format = format;
    this.plan = plan;
    this.templates =
        new TemplateMatcher(plan.objective() == Objective.LIT ? plan.templates() : List.of());
    this.maxLength = maxLength;
    this.picturesFirst = picturesFirst;
  }

  /** The labeller of a stage; the tokenizer is the model's and must outlive it. */
  public static Labeller of(Tokenizer tokenizer, ModelPlan model, Stage stage, LabelPlan labels) {
    PromptFormat format =
        switch (stage) {
          case PRETRAIN -> new CaptionFormat();
          case FINETUNE -> conversation(tokenizer, model);
        };
    return new Labeller(tokenizer, format, labels, model.maxLength(), true);
  }

  /**
   * Of questions to a trained model: in the fine-tune's template, but nothing is cut, and a
   * question stays as it is written, blanks around it included, as lmms-eval puts it.
   */
  public static Labeller ofQuestions(Tokenizer tokenizer, ModelPlan model) {
    return new Labeller(
        tokenizer, conversation(tokenizer, model), LabelPlan.answers(), Integer.MAX_VALUE, false);
  }

  /** The labeller of a planned stage. */
  public static Labeller of(Tokenizer tokenizer, ModelPlan model, StagePlan stage) {
    return of(tokenizer, model, stage.stage(), stage.labels());
  }

  /** Models with a BOS are trained by LLaVA, models without by TinyLLaVA, and so as these write. */
  private static PromptFormat conversation(Tokenizer tokenizer, ModelPlan model) {
    ChatTemplate template = ChatTemplate.of(model, tokenizer);
    return model.conversation() == ConversationTemplate.VICUNA_V1
        ? new VicunaFormat(template, tokenizer.beginOfSequence().isPresent())
        : new MarkedFormat(template);
  }

  public Objective objective() {
    return plan.objective();
  }

  /**
   * Labels a conversation to train on.
   *
   * @throws Failure BAD_DATA with file, line and id if the stage has no place for such a sample, or
   *     if the references would silently leave it out of the loss
   */
  public LabelledPrompt label(Annotation annotation) {
    LabelledPrompt labelled = explain(annotation);
    if (labelled.refusal().isPresent()) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s: it cannot be labelled, because %s; correct or remove the sample."
              .formatted(annotation.place(), labelled.refusal().get()));
    }
    return labelled;
  }

  /**
   * Labels a conversation to look at: one that {@link #label} refuses comes with the reason.
   *
   * @throws Failure BAD_DATA if the stage has no place for such a sample
   */
  public LabelledPrompt explain(Annotation annotation) {
    Prompt prompt =
        format.render(picturesFirst ? ConversationText.picturesFirst(annotation) : annotation);
    PromptTokens tokens = PromptTokens.of(prompt, tokenizer);
    Optional<String> refusal = refusal(prompt, tokens);
    PromptTokens kept = tokens.cut(maxLength);
    return new LabelledPrompt(
        kept.ids(),
        refusal.isPresent() ? masked(kept) : fates(prompt, kept),
        texts(prompt.text(), kept),
        tokens.size(),
        refusal);
  }

  /**
   * What makes the references leave a whole sample out of the loss. They look only as far as the
   * longest length.
   */
  private Optional<String> refusal(Prompt prompt, PromptTokens tokens) {
    Optional<String> lost =
        prompt
            .unlabelled()
            .filter(u -> tokens.sizeUpTo(u.from()) < maxLength)
            .map(Prompt.Unlabelled::reason);
    if (lost.isPresent() || format instanceof CaptionFormat || tokens.size() >= maxLength) {
      return lost;
    }
    return tokenizer
        .padding()
        .filter(padding -> !padding.equals(tokenizer.endOfSequence()))
        .map(SpecialToken::id)
        .filter(id -> Arrays.stream(tokens.ids()).anyMatch(token -> token == id))
        .map(id -> "a turn holds the padding token " + tokenizer.padding().get().text());
  }

  private static Fate[] masked(PromptTokens tokens) {
    Fate[] fates = new Fate[tokens.size()];
    Arrays.fill(fates, Fate.MASKED);
    return fates;
  }

  private Fate[] fates(Prompt prompt, PromptTokens tokens) {
    Fate[] fates = masked(tokens);
    if (supervisesInstructions(prompt)) {
      if (plan.objective() == Objective.ALL_TOKENS) {
        Arrays.fill(
            fates, tokenizer.beginOfSequence().isPresent() ? 1 : 0, fates.length, Fate.INSTRUCTION);
      } else {
        prompt.questions().forEach(question -> instruct(question, prompt, tokens, fates));
      }
    }
    prompt.answers().forEach(answer -> mark(answer, Fate.ANSWER, tokens, fates));
    prompt.images().forEach(image -> mark(image, Fate.MASKED, tokens, fates));
    return fates;
  }

  private boolean supervisesInstructions(Prompt prompt) {
    return !(format instanceof CaptionFormat)
        && plan.objective() != Objective.VIT
        && (!prompt.images().isEmpty() || plan.textOnly() == TextOnly.INSTRUCTIONS);
  }

  /** Marks every token that shares a character with a span. */
  private static void mark(Span span, Fate fate, PromptTokens tokens, Fate[] fates) {
    for (int i = 0; i < fates.length; i++) {
      if (span.overlaps(tokens.starts()[i], tokens.ends()[i])) {
        fates[i] = fate;
      }
    }
  }

  /** Marks what a human says in a turn; templates, and white space that touches one, apart. */
  private void instruct(Span question, Prompt prompt, PromptTokens tokens, Fate[] fates) {
    mark(question, Fate.INSTRUCTION, tokens, fates);
    String text = prompt.text();
    for (Span found : templates.find(text.substring(question.start(), question.end()))) {
      Span template = found.shifted(question.start());
      Span blanks = withBlanks(template, question, text);
      for (int i = 0; i < fates.length; i++) {
        int start = Math.max(tokens.starts()[i], question.start());
        int end = Math.min(tokens.ends()[i], question.end());
        boolean blank = Whitespace.isBlank(text, start, end);
        if ((blank ? blanks : template).overlaps(start, end)) {
          fates[i] = Fate.TEMPLATE;
        }
      }
    }
  }

  /** A template with the white space around it, as far as the question goes. */
  private static Span withBlanks(Span template, Span question, String text) {
    int start = template.start();
    int end = template.end();
    while (start > question.start() && Whitespace.is(text.charAt(start - 1))) {
      start--;
    }
    while (end < question.end() && Whitespace.is(text.charAt(end))) {
      end++;
    }
    return new Span(start, end);
  }

  private static List<String> texts(String prompt, PromptTokens tokens) {
    List<String> texts = new ArrayList<>();
    int shown = 0;
    for (int end : tokens.ends()) {
      texts.add(prompt.substring(shown, Math.max(shown, end)));
      shown = Math.max(shown, end);
    }
    return texts;
  }
}
