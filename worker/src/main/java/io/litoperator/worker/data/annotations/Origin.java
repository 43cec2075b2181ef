package io.litoperator.worker.data.annotations;

import java.nio.file.Path;

/**
 * Where a sample is written.
 *
 * @param place in the file, such as {@code line 12, sample 3}
 * @param index of the sample in its data set, from 0
 */
public record Origin(Path file, String place, int index) {
  /** As errors name it. */
  @Override
  public String toString() {
    return file + " " + place;
  }
}
