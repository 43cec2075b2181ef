package io.litoperator.worker.evaluate.task;

import io.litoperator.worker.evaluate.Metric;
import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.judge.Judging;
import java.util.Optional;

/** What a model can be scored by. */
public sealed interface EvaluationTask {
  /** As jobs name it. */
  String name();

  /** Name and version of the scores' definition; scores of different versions do not compare. */
  String scorer();

  /** By questions. */
  sealed interface Asking extends EvaluationTask {
    Wording wording();

    /** The longest answer of published scores, in tokens; 0 where none is made. */
    int newTokens();

    /**
     * What a question lacks for this task, as "must …"; absent where it can be asked and scored.
     */
    Optional<String> problem(Question question);

    /** Whether no id may occur twice. */
    default boolean numbersQuestions() {
      return false;
    }
  }

  /** The model answers in words, which a metric scores. */
  record Answering(String name, Wording wording, int newTokens, Metric metric) implements Asking {
    @Override
    public String scorer() {
      return metric.version();
    }

    @Override
    public Optional<String> problem(Question question) {
      return metric.problem(question);
    }
  }

  /** The model answers in words, which a judge, another model, rates. */
  record Judged(String name, Wording wording, int newTokens, Judging judging) implements Asking {
    @Override
    public String scorer() {
      return judging.version();
    }

    @Override
    public Optional<String> problem(Question question) {
      return judging.problem(question);
    }

    @Override
    public boolean numbersQuestions() {
      return judging.numbersQuestions();
    }
  }

  /** How much likelier the picture makes the right answer than noise does. */
  record Contribution(String name, Wording wording, String scorer) implements Asking {
    @Override
    public int newTokens() {
      return 0;
    }

    @Override
    public Optional<String> problem(Question question) {
      return Optional.empty();
    }
  }

  /** By the loss of conversations in the form of training's. */
  record HeldOut(String name, String scorer) implements EvaluationTask {}
}
