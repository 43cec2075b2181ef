package io.litoperator.worker.evaluate;

import java.util.List;
import java.util.Optional;

/**
 * One question of an evaluation task.
 *
 * @param id names the question in reports
 * @param images names of its pictures: paths relative to the task's image folder, or places in a
 *     Parquet file; none for a question in words alone
 * @param question what the model is asked, without {@code <image>}
 * @param answer what is right; for captions, a reference caption; for choices, a letter
 * @param kind groups questions that are scored apart
 * @param objects what the picture shows; empty for tasks other than captions
 * @param references what each metric needs beyond this
 */
public record Question(
    String id,
    List<String> images,
    String question,
    String answer,
    Optional<String> kind,
    List<String> objects,
    References references) {
  public Question {
    images = List.copyOf(images);
    objects = List.copyOf(objects);
  }

  /** A question about one picture with one right answer and no choices. */
  public Question(
      String id,
      String image,
      String question,
      String answer,
      Optional<String> kind,
      List<String> objects) {
    this(id, List.of(image), question, answer, kind, objects, References.of(answer));
  }

  /** The first picture; empty if there is none. */
  public String image() {
    return images.isEmpty() ? "" : images.get(0);
  }

  /**
   * What benchmarks know of a question.
   *
   * @param answers all that is right, or what each of several people said; at least one
   * @param choices to choose from, the first of them A; empty for a free answer
   * @param context told before the question
   * @param dataset that the question was taken from
   * @param region of the picture that is asked about, to be drawn in
   */
  public record References(
      List<String> answers,
      List<String> choices,
      Optional<String> context,
      Optional<String> dataset,
      Optional<Region> region) {
    /** Of a whole picture. */
    public References(
        List<String> answers,
        List<String> choices,
        Optional<String> context,
        Optional<String> dataset) {
      this(answers, choices, context, dataset, Optional.empty());
    }

    public References {
      answers = List.copyOf(answers);
      choices = List.copyOf(choices);
    }

    static References of(String answer) {
      return new References(List.of(answer), List.of(), Optional.empty(), Optional.empty());
    }
  }

  /** The same, asked in other words. */
  public Question asking(String words) {
    return new Question(id, images, words, answer, kind, objects, references);
  }
}
