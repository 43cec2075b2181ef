package io.litoperator.worker.data.annotations;

import com.fasterxml.jackson.databind.JsonNode;

/** LLaVA's {@code modality_lengths}. */
final class Words {
  private Words() {}

  /** Words of all turns, at least 1; negative for a sample without a picture. */
  static int modalityLength(JsonNode sample, boolean pictured) {
    int words = 0;
    TurnForm form = TurnForm.of(sample::hasNonNull);
    for (JsonNode turn : sample.path(form.list())) {
      char[] text = turn.path(form.text()).asText().toCharArray();
      words += Whitespace.words(text, 0, text.length);
    }
    return signed(words, pictured);
  }

  static int signed(int words, boolean pictured) {
    return pictured ? Math.max(1, words) : -Math.max(1, words);
  }
}
