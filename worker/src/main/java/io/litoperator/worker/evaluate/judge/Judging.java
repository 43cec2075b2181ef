package io.litoperator.worker.evaluate.judge;

import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Question;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a benchmark has its answers judged. Pure, but for the judge itself. */
public interface Judging {

  /** Name and version of the definition, the words to the judge included. */
  String version();

  /** What a question lacks, as "must …"; absent where its answer can be judged. */
  Optional<String> problem(Question question);

  /** Whether ids are the benchmark's own numbers, so that none may occur twice. */
  boolean numbersQuestions();

  /** What the judge is asked. */
  String prompt(Answered pair);

  /** The same, asked in other words. */
  Judging asking(JudgePrompt words);

  /** Whether the judge thinks well of an answer. */
  boolean correct(Judgement judgement);

  /**
   * Scores by name, the main one first.
   *
   * @param judgements of every question of the task; at least one
   */
  Map<String, Double> score(List<Judgement> judgements);
}
