package io.litoperator.worker.data.annotations;

import java.util.List;

/**
 * A sample in LLaVA's format, checked: turns alternate, and the questions hold {@value #IMAGE} once
 * for each picture.
 *
 * @param id the sample's {@code id}, or its index where it has none
 * @param images paths of the pictures, relative to the data set's image folder, in the order of
 *     their places
 * @param exchanges at least one; a first turn of the model's own is left out
 */
public record Annotation(Origin origin, String id, List<String> images, List<Exchange> exchanges) {
  /** Stands for a picture in a question. */
  public static final String IMAGE = "<image>";

  public Annotation {
    images = List.copyOf(images);
    exchanges = List.copyOf(exchanges);
  }

  /** As errors name it: file, line, index and id. */
  public String place() {
    return "%s (id %s)".formatted(origin, id);
  }
}
