package io.litoperator.worker.data.loading;

import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.labels.LabelledPrompt;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Longest sequence once pictures are expanded.
 *
 * @param imageRows that a picture takes
 */
public record RowLimit(int rows, ToIntFunction<Pixels> imageRows) {
  LabelledPrompt cut(LabelledPrompt labelled, List<Pixels> pictures) {
    return labelled.cut(rows, pictures.stream().mapToInt(imageRows).toArray());
  }
}
