package io.litoperator.worker.data.labels;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Inspection.TokenText;
import io.litoperator.worker.data.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A conversation's tokens and their fates, cut to the longest length.
 *
 * @param tokens token ids, {@link Sample#IMAGE} for a picture
 * @param fates as long as {@code tokens}
 * @param texts what each token covers of the prompt, white space before it included; together they
 *     are the prompt
 * @param uncutLength tokens there were before the cut
 * @param refusal why the sample cannot be trained on; then all is masked
 */
public record LabelledPrompt(
    int[] tokens, Fate[] fates, List<String> texts, int uncutLength, Optional<String> refusal) {

  public LabelledPrompt {
    texts = List.copyOf(texts);
  }

  /** Number of pictures that are still there after the cut. */
  public int images() {
    return Sample.placeholders(tokens);
  }

  /** For people to look at. */
  public List<TokenText> tokenTexts() {
    List<TokenText> shown = new ArrayList<>();
    for (int i = 0; i < tokens.length; i++) {
      shown.add(new TokenText(texts.get(i), fates[i]));
    }
    return shown;
  }
}
