package io.litoperator.worker.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Our own format of questions: an object with {@code image} or {@code images}, {@code question}
 * (but for tasks that ask the same of every picture), {@code answer} or {@code answers} or both,
 * and optionally {@code id} (else the line's number), {@code kind}, {@code objects}, {@code
 * choices}, {@code context}, {@code dataset}, and {@code box} or {@code polygon}. Other fields are
 * passed over.
 */
final class OwnFormat {
  private OwnFormat() {}

  /**
   * @param hasWords whether each question has words of its own
   */
  static Question question(QuestionRecord record, boolean hasWords) {
    List<String> images = record.texts("images", "paths");
    List<String> answers = record.texts("answers", "texts");
    String answer =
        answers.isEmpty() || record.has("answer") ? record.text("answer") : answers.get(0);
    return new Question(
        record.has("id") ? record.scalar("id") : Integer.toString(record.number()),
        record.json().path("images").isArray() ? images : List.of(record.text("image")),
        hasWords ? record.text("question") : "",
        answer,
        record.optional("kind"),
        record.texts("objects", "names"),
        new Question.References(
            answers.isEmpty() ? List.of(answer) : answers,
            record.texts("choices", "texts"),
            record.optional("context"),
            record.optional("dataset"),
            region(record)));
  }

  private static Optional<Region> region(QuestionRecord record) {
    return record.has("box")
        ? Optional.of(box(record, "box"))
        : record.has("polygon") ? Optional.of(polygon(record, "polygon")) : Optional.empty();
  }

  /** Left, top, width and height in pixels. */
  static Region box(QuestionRecord record, String field) {
    List<Double> box = record.numbers(field);
    if (box.size() != 4) {
      throw record.refuse("must have left, top, width and height in field " + field);
    }
    return new Region.Box(box.get(0), box.get(1), box.get(2), box.get(3));
  }

  private static Region polygon(QuestionRecord record, String field) {
    List<Double> points = new ArrayList<>(record.numbers(field));
    if (points.size() < 4 || points.size() % 2 != 0) {
      throw record.refuse("must have x and y of two or more points in field " + field);
    }
    return new Region.Polygon(points);
  }
}
