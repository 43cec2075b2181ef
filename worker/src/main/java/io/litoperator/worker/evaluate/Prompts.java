package io.litoperator.worker.evaluate;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.data.annotations.Annotation;
import io.litoperator.worker.data.annotations.Exchange;
import io.litoperator.worker.data.annotations.Origin;
import io.litoperator.worker.data.image.Picture;
import io.litoperator.worker.data.labels.ChatTemplate;
import io.litoperator.worker.data.labels.LabelledPrompt;
import io.litoperator.worker.data.labels.Labeller;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.plan.ModelPlan;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Puts questions as the fine-tune put them: its chat template, pictures before the question.
 *
 * @param labeller of the fine-tune under VIT, so that exactly the answer is supervised
 * @param stops ids of tokens that end an answer
 * @param pixels what the vision tower sees of a picture
 */
public record Prompts(Labeller labeller, Set<Integer> stops, Function<Picture, Pixels> pixels) {
  private static final String ANY_ANSWER = "a";

  public Prompts {
    stops = Set.copyOf(stops);
  }

  /** Of a trained model; the tokenizer must outlive them. */
  public static Prompts of(ModelPlan model, Tokenizer tokenizer, Function<Picture, Pixels> pixels) {
    return new Prompts(
        Labeller.ofQuestions(tokenizer, model), ChatTemplate.stops(model, tokenizer), pixels);
  }

  /** A question with its right answer, the answer supervised. */
  public Sample answered(TaskData data, Question question) {
    return sample(question, question.answer(), name -> pixels.apply(data.picture(question, name)));
  }

  /**
   * Questions without their answers: the model is to go on from here. A picture that several show
   * is read once, and is the same object in all of them.
   */
  public List<Sample> unanswered(TaskData data, List<Question> questions) {
    Map<Shown, Pixels> read = new ConcurrentHashMap<>();
    return questions.parallelStream()
        .map(
            question ->
                sample(
                    question,
                    ANY_ANSWER,
                    name ->
                        read.computeIfAbsent(
                            new Shown(name, question.references().region()),
                            shown -> pixels.apply(data.picture(question, name)))))
        .map(Prompts::withoutAnswer)
        .toList();
  }

  /** What a question's picture depends on. */
  private record Shown(String name, Optional<Region> region) {}

  private Sample sample(Question question, String answer, Function<String, Pixels> seen) {
    List<String> images = question.images();
    String places = String.join(" ", Collections.nCopies(images.size(), Annotation.IMAGE));
    String words = question.question().replace(Annotation.IMAGE, "");
    Annotation annotation =
        new Annotation(
            new Origin(Path.of(""), "question " + question.id(), 0),
            question.id(),
            images,
            List.of(new Exchange(images.isEmpty() ? words : places + "\n" + words, answer)));
    LabelledPrompt labelled = labeller.label(annotation);
    return new Sample(
        question.id(),
        labelled.tokens(),
        labelled.fates(),
        images.stream().limit(labelled.images()).map(seen).toList());
  }

  /** What stands before the answer. */
  private static Sample withoutAnswer(Sample sample) {
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
