package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Metric;
import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.text.PythonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * MMMU: questions with choices are right if the letter is, open ones if one of the answers found
 * is. {@code accuracy} over all, {@code accuracy.<kind>} for each subject, and {@code undecided},
 * the share of answers that name no choice: the reference draws one by chance, here they are wrong.
 */
public final class MmmuMetric implements Metric {
  private static final MmmuChoice CHOICE = new MmmuChoice();
  private static final MmmuOpen OPEN = new MmmuOpen();

  @Override
  public String version() {
    return "mmmu-lmms-eval-75571cf-no-chance";
  }

  @Override
  public Optional<String> problem(Question question) {
    return question.references().choices().isEmpty()
        ? Optional.empty()
        : Need.choices().problem(question);
  }

  @Override
  public boolean correct(Answered pair) {
    Question question = pair.question();
    String said = PythonText.strip(pair.prediction());
    if (question.references().choices().isEmpty()) {
      return MmmuOpen.right(OPEN.of(said, question), question) == 1;
    }
    return letter(pair).filter(question.references().answers()::contains).isPresent();
  }

  /** The letter that an answer names; of questions with choices. */
  static Optional<String> letter(Answered pair) {
    return CHOICE.of(PythonText.strip(pair.prediction()), pair.question());
  }

  @Override
  public Map<String, Double> score(List<Answered> pairs) {
    List<Graded> grades =
        pairs.stream()
            .map(pair -> new Graded(pair.question(), Gradings.grade(correct(pair))))
            .toList();
    long undecided =
        pairs.stream()
            .filter(pair -> !pair.question().references().choices().isEmpty())
            .filter(pair -> letter(pair).isEmpty())
            .count();
    Map<String, Double> scores =
        new LinkedHashMap<>(Aggregation.meanAndKinds("accuracy").of(grades));
    scores.put("undecided", Ratio.of(undecided, pairs.size()));
    return scores;
  }
}
