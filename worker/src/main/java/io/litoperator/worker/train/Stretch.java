package io.litoperator.worker.train;

import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Parameters.Range;
import java.util.ArrayList;
import java.util.List;

/**
 * Neighbouring elements {@code [start, end)} of a rank's part of a block, of which weight decay
 * draws all to zero or none. Both are multiples of a cache line's elements, as weights begin.
 */
record Stretch(long start, long end, boolean decays) {
  /**
   * All that weights have of a part, in order. Gaps between weights, which are zero and stay so,
   * belong to the weight before them.
   *
   * @param part of the block, counted from its start
   */
  static List<Stretch> of(Block block, Range part) {
    List<Range> ranges = Parameters.ranges(block);
    List<Stretch> stretches = new ArrayList<>();
    for (int i = 0; i < ranges.size(); i++) {
      long start = Math.max(ranges.get(i).start(), part.start()) - part.start();
      long end = Math.min(ranges.get(i).end(), part.end()) - part.start();
      if (start < end) {
        add(stretches, new Stretch(start, end, block.weights().get(i).decays()));
      }
    }
    return stretches;
  }

  private static void add(List<Stretch> stretches, Stretch next) {
    int last = stretches.size() - 1;
    if (last >= 0 && stretches.get(last).decays == next.decays) {
      stretches.set(last, new Stretch(stretches.get(last).start, next.end, next.decays));
    } else {
      stretches.add(next);
    }
  }
}
