package io.litoperator.worker.evaluate;

import java.util.List;
import java.util.Optional;

/**
 * One question of an evaluation task.
 *
 * @param id names the question in reports
 * @param image path relative to the task's image folder
 * @param question what the model is asked, without {@code <image>}
 * @param answer what is right; for captions, a reference caption
 * @param kind groups questions that are scored apart
 * @param objects what the picture shows; empty for tasks other than captions
 */
public record Question(
    String id,
    String image,
    String question,
    String answer,
    Optional<String> kind,
    List<String> objects) {
  public Question {
    objects = List.copyOf(objects);
  }
}
