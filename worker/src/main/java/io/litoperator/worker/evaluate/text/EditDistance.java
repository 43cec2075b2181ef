package io.litoperator.worker.evaluate.text;

import org.apache.commons.text.similarity.LevenshteinDistance;
import org.apache.commons.text.similarity.SimilarityInput;

/** Levenshtein's distance of texts, in code points. */
public final class EditDistance {
  private EditDistance() {}

  /** The fewest characters to insert, delete or replace that make one text of the other. */
  public static int of(String one, String other) {
    return LevenshteinDistance.getDefaultInstance().apply(characters(one), characters(other));
  }

  private static SimilarityInput<Integer> characters(String text) {
    int[] codePoints = text.codePoints().toArray();
    return new SimilarityInput<>() {
      @Override
      public Integer at(int index) {
        return codePoints[index];
      }

      @Override
      public int length() {
        return codePoints.length;
      }
    };
  }
}
