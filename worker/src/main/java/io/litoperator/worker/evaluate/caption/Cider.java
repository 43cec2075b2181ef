package io.litoperator.worker.evaluate.caption;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * CIDEr-D (arXiv 1411.5726) as pycocoevalcap 1.2 has it: n-grams of 1 to 4 tokens weighed by how
 * few of the pictures' references have them, cosine similarity with the candidate's counts clipped
 * to the reference's, and a Gaussian penalty of the difference in length.
 */
public final class Cider {
  private static final int LONGEST = 4;
  private static final double SIGMA = 6;
  private static final double SCALE = 10;

  private final Map<List<String>, Integer> documentFrequency = new HashMap<>();
  private final double logDocuments;

  /**
   * @param references of each picture, in tokens: what the frequencies of n-grams are taken from
   */
  public Cider(List<List<List<String>>> references) {
    for (List<List<String>> ofPicture : references) {
      Set<List<String>> ngrams = new HashSet<>();
      ofPicture.forEach(reference -> ngrams.addAll(counts(reference).keySet()));
      ngrams.forEach(ngram -> documentFrequency.merge(ngram, 1, Integer::sum));
    }
    logDocuments = Math.log(references.size());
  }

  /**
   * A caption's score, from 0 to 10.
   *
   * @param references of its picture, at least one
   */
  public double of(List<String> candidate, List<List<String>> references) {
    Vector said = new Vector(candidate);
    double sum = 0;
    for (List<String> reference : references) {
      sum += said.similarity(new Vector(reference));
    }
    return SCALE * sum / LONGEST / references.size();
  }

  private static Map<List<String>, Integer> counts(List<String> tokens) {
    Map<List<String>, Integer> counts = new HashMap<>();
    for (int n = 1; n <= LONGEST; n++) {
      for (int i = 0; i + n <= tokens.size(); i++) {
        counts.merge(List.copyOf(tokens.subList(i, i + n)), 1, Integer::sum);
      }
    }
    return counts;
  }

  /** A caption's weights, by length of n-gram. */
  private final class Vector {
    private final List<Map<List<String>, Double>> weights = new ArrayList<>();
    private final double[] norms = new double[LONGEST];

    /** The reference takes the number of pairs for a caption's length. */
    private final int pairs;

    Vector(List<String> tokens) {
      for (int n = 0; n < LONGEST; n++) {
        weights.add(new HashMap<>());
      }
      counts(tokens)
          .forEach(
              (ngram, count) -> {
                double weight =
                    count * (logDocuments - Math.log(documentFrequency.getOrDefault(ngram, 1)));
                weights.get(ngram.size() - 1).put(ngram, weight);
                norms[ngram.size() - 1] += weight * weight;
              });
      for (int n = 0; n < LONGEST; n++) {
        norms[n] = Math.sqrt(norms[n]);
      }
      pairs = Math.max(0, tokens.size() - 1);
    }

    /** The sum over the lengths of n-grams. */
    double similarity(Vector reference) {
      double sum = 0;
      for (int n = 0; n < LONGEST; n++) {
        double product = 0;
        for (Map.Entry<List<String>, Double> ngram : weights.get(n).entrySet()) {
          double other = reference.weights.get(n).getOrDefault(ngram.getKey(), 0.0);
          product += Math.min(ngram.getValue(), other) * other;
        }
        double norm = norms[n] * reference.norms[n];
        sum += norm == 0 ? product : product / norm;
      }
      double difference = pairs - reference.pairs;
      return sum * Math.exp(-difference * difference / (2 * SIGMA * SIGMA));
    }
  }
}
