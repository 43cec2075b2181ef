package io.litoperator.worker.data.labels;

import io.litoperator.worker.data.annotations.Annotation;

/** How a conversation becomes one text. */
sealed interface PromptFormat permits VicunaFormat, MarkedFormat, CaptionFormat {
  /**
   * @throws io.litoperator.worker.failure.Failure BAD_DATA if the format has no place for the
   *     sample
   */
  Prompt render(Annotation annotation);
}
