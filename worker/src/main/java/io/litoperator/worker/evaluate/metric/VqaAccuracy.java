package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.evaluate.Question;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The accuracy of the VQA challenge: of the answers that people gave, each is left out in turn, and
 * the prediction is right as far as three of the others agree with it; the mean of that.
 *
 * @param normaliser of people's answers
 */
record VqaAccuracy(UnaryOperator<String> normaliser) implements Grading<String> {
  /** A precision at which a mean of doubles is as good as exact. */
  private static final MathContext PRECISION = new MathContext(60);

  @Override
  public double of(String said, Question question) {
    List<String> answers = question.references().answers().stream().map(normaliser).toList();
    long matches = answers.stream().filter(said::equals).count();
    // Summed exactly and rounded once, as Python's statistics.mean does.
    BigDecimal sum =
        credit(matches - 1)
            .multiply(BigDecimal.valueOf(matches))
            .add(credit(matches).multiply(BigDecimal.valueOf(answers.size() - matches)));
    return sum.divide(BigDecimal.valueOf(answers.size()), PRECISION).doubleValue();
  }

  private static BigDecimal credit(long others) {
    return new BigDecimal(Math.min(1, others / 3.0));
  }
}
