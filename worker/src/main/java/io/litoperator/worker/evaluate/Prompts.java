package io.litoperator.worker.evaluate;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.data.annotations.Annotation;
import io.litoperator.worker.data.annotations.Exchange;
import io.litoperator.worker.data.annotations.Origin;
import io.litoperator.worker.data.image.StoredPicture;
import io.litoperator.worker.data.labels.LabelledPrompt;
import io.litoperator.worker.data.labels.Labeller;
import io.litoperator.worker.data.loading.Pictures;
import io.litoperator.worker.plan.EvaluationPlan.Task;
import java.util.Arrays;
import java.util.List;

/**
 * Puts questions as the fine-tune put them: its chat template, the picture before the question.
 *
 * @param labeller of the fine-tune under VIT, so that exactly the answer is supervised
 */
public record Prompts(Labeller labeller, Pictures pictures) {

  /** A question with its right answer, the answer supervised. */
  public Sample answered(Task task, Question question) {
    Annotation annotation =
        new Annotation(
            new Origin(task.data(), "question " + question.id(), 0),
            question.id(),
            List.of(question.image()),
            List.of(
                new Exchange(Annotation.IMAGE + "\n" + question.question(), question.answer())));
    LabelledPrompt labelled = labeller.label(annotation);
    return new Sample(
        question.id(),
        labelled.tokens(),
        labelled.fates(),
        List.of(pictures.read(new StoredPicture.InFile(task.images().resolve(question.image())))));
  }

  /** A question without its answer: the model is to go on from here. */
  public Sample unanswered(Task task, Question question) {
    return withoutAnswer(answered(task, question));
  }

  /** What stands before the answer. */
  public static Sample withoutAnswer(Sample sample) {
    int end = 0;
    while (end < sample.fates().length && sample.fates()[end] != Fate.ANSWER) {
      end++;
    }
    return new Sample(
        sample.id(),
        Arrays.copyOf(sample.tokens(), end),
        Arrays.copyOf(sample.fates(), end),
        sample.pictures());
  }
}
