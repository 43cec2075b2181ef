package io.litoperator.worker.data.labels;

import io.litoperator.worker.data.annotations.Annotation;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.util.List;
import java.util.Optional;

/**
 * The pretrain stage's format ({@code plain} in LLaVA): picture, caption, newline. The question is
 * discarded, and there is no end of sequence.
 */
record CaptionFormat() implements PromptFormat {
  @Override
  public Prompt render(Annotation annotation) {
    if (annotation.images().size() != 1 || annotation.exchanges().size() != 1) {
      throw new Failure(
          ExitCode.BAD_DATA,
          annotation.place() + ": a pretrain sample is one picture, one question, one caption.");
    }
    String text = Annotation.IMAGE + annotation.exchanges().get(0).answer() + "\n";
    int caption = Annotation.IMAGE.length();
    return new Prompt(
        text,
        List.of(new Span(0, caption)),
        List.of(),
        List.of(new Span(caption, text.length())),
        Optional.empty());
  }
}
