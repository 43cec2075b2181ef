package io.litoperator.worker.data.annotations;

import java.nio.file.Path;

/**
 * Where a sample is written.
 *
 * @param line of the sample's opening brace, from 1
 * @param index of the sample in the file, from 0
 */
public record Origin(Path file, int line, int index) {
  /** As errors name it. */
  @Override
  public String toString() {
    return "%s line %d, sample %d".formatted(file, line, index);
  }
}
