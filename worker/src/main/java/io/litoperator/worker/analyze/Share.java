package io.litoperator.worker.analyze;

import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.Inference;
import io.litoperator.worker.transfer.Progress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Sums over numbered samples, which ranks share out among themselves and take some at a time.
 *
 * @param total samples of all ranks
 * @param samples makes one by its number, in any thread
 * @param stopRequested asked before each batch; ranks may learn of it at different moments
 * @param progress told how many of this rank's samples are done
 */
record Share(
    Collective ranks,
    int total,
    IntFunction<Sample> samples,
    BooleanSupplier stopRequested,
    Progress progress) {

  /** Adds to the sums what a batch comes to. */
  @FunctionalInterface
  interface Adder {
    void add(double[] sums, List<Integer> numbers, List<Sample> batch);
  }

  /**
   * @param size how many sums there are
   * @return the same on every rank; empty if a stop has left samples out
   */
  Optional<double[]> sum(int size, Adder adder) {
    List<Integer> mine =
        IntStream.iterate(ranks.rank(), i -> i < total, i -> i + ranks.worldSize())
            .boxed()
            .toList();
    double[] sums = new double[size + 1];
    int done = 0;
    while (done < mine.size() && !stopRequested.getAsBoolean()) {
      List<Integer> next = mine.subList(done, Math.min(mine.size(), done + Inference.QUESTIONS));
      adder.add(sums, next, next.parallelStream().map(samples::apply).toList());
      done += next.size();
      progress.on("samples", done, mine.size());
    }
    sums[size] = mine.size() - done;
    ranks.allReduce(sums);
    return sums[size] > 0 ? Optional.empty() : Optional.of(Arrays.copyOf(sums, size));
  }
}
