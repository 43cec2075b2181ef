package io.litoperator.worker.model;

import io.litoperator.worker.data.Pixels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Pictures of which some occur several times, as objects: the tower need see each only once.
 *
 * @param all in their order
 * @param distinct each once
 */
record DistinctPictures(List<Pixels> all, List<Pixels> distinct) {
  static DistinctPictures of(List<Pixels> all) {
    return new DistinctPictures(all, all.stream().distinct().toList());
  }

  boolean areAll() {
    return distinct.size() == all.size();
  }

  /**
   * Where, among the rows of the distinct pictures, those of all pictures are.
   *
   * @param viewRows of each view
   */
  long[] rows(int viewRows) {
    Map<Pixels, Long> starts = new HashMap<>();
    long row = 0;
    for (Pixels picture : distinct) {
      starts.put(picture, row);
      row += (long) picture.views() * viewRows;
    }
    return all.stream()
        .flatMapToLong(
            picture -> {
              long start = starts.get(picture);
              return LongStream.range(start, start + (long) picture.views() * viewRows);
            })
        .toArray();
  }
}
