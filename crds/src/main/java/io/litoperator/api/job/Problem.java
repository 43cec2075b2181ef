package io.litoperator.api.job;

/**
 * Something that a user must change in a job.
 *
 * @param path of the field: {@code spec.finetune.dataset[0].images}; empty for the job itself
 * @param text to follow the path and a colon; without a full stop
 */
public record Problem(String path, String text) {

  /** The field below another that has this name. */
  public static String child(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  @Override
  public String toString() {
    return path + ": " + text;
  }
}
