package io.litoperator.worker.data.labels;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Inspection.TokenText;
import io.litoperator.worker.data.Sample;
import java.util.ArrayList;
import java.util.Arrays;
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

  /** Rows of the sequence, if each picture takes so many. */
  public int rows(int[] imageRows) {
    int expanded = Arrays.stream(imageRows).limit(images()).sum();
    return tokens.length - images() + expanded;
  }

  /**
   * What is left of it when its sequence is cut, as LLaVA's {@code
   * prepare_inputs_labels_for_multimodal} cuts. A picture that is cut goes whole: only what follows
   * it, and is gone, could learn from it.
   *
   * @param rows longest sequence
   * @param imageRows of each picture
   */
  public LabelledPrompt cut(int rows, int[] imageRows) {
    int kept = 0;
    int picture = 0;
    for (int taken = 0; kept < tokens.length; kept++) {
      taken += tokens[kept] == Sample.IMAGE ? imageRows[picture++] : 1;
      if (taken > rows) {
        return new LabelledPrompt(
            Arrays.copyOf(tokens, kept),
            Arrays.copyOf(fates, kept),
            texts.subList(0, kept),
            uncutLength,
            refusal);
      }
    }
    return this;
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
