package io.litoperator.worker.data.sampling;

import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Which samples each optimizer step learns from: LLaVA's grouping by modality and length. A step's
 * global batch follows from the seed and the epoch alone, so that neither the world's size, nor the
 * micro-batch's, nor resuming changes it. Steps count from 0, through all epochs.
 */
public final class Sampler {
  private final Draws draws;
  private final LengthGroups groups;
  private final int globalBatchSize;
  private final int stepsPerEpoch;
  private final long totalSteps;
  private final long seed;
  private volatile Epoch latest; // spares the sort for the epoch's next step; any value is right

  private record Epoch(long number, List<List<Integer>> batches) {}

  /**
   * @param modalityLengths by sample: length, positive with a picture, negative without; never 0
   * @param draws how often samples are drawn in an epoch
   * @param maxSteps total number of steps, in place of {@code epochs}
   */
  public Sampler(
      int[] modalityLengths,
      Draws draws,
      int globalBatchSize,
      int epochs,
      OptionalInt maxSteps,
      long seed) {
    if (modalityLengths.length == 0 || IntStream.of(modalityLengths).anyMatch(l -> l == 0)) {
      throw new IllegalArgumentException("no samples, or one of length 0");
    }
    this.draws = draws;
    this.groups = new LengthGroups(modalityLengths.clone());
    this.globalBatchSize = globalBatchSize;
    this.stepsPerEpoch = ceilDiv(draws.perEpoch(), globalBatchSize);
    this.totalSteps = maxSteps.orElse(Math.multiplyExact(epochs, stepsPerEpoch));
    this.seed = seed;
    this.latest = epoch(0);
  }

  public int stepsPerEpoch() {
    return stepsPerEpoch;
  }

  public long totalSteps() {
    return totalSteps;
  }

  /**
   * The step's samples, longest first; fewer than the global batch size in an epoch's last step.
   */
  public List<Integer> globalBatch(long step) {
    long number = step / stepsPerEpoch;
    Epoch epoch = latest;
    if (epoch.number() != number) {
      epoch = epoch(number);
      latest = epoch;
    }
    return epoch.batches().get((int) (step % stepsPerEpoch));
  }

  /**
   * A rank's share of a step, in the order in which it computes it. Every rank gets the same number
   * of micro-batches; in an epoch's last step some may be smaller or empty.
   *
   * @param microBatchSize most samples in a micro-batch
   */
  public List<List<Integer>> microBatches(long step, int rank, int worldSize, int microBatchSize) {
    List<Integer> batch = globalBatch(step);
    int perRank = ceilDiv(batch.size(), worldSize * microBatchSize);
    List<List<Integer>> chunks = groups.evenChunks(batch, perRank * worldSize);
    return IntStream.range(0, perRank).mapToObj(i -> chunks.get(i * worldSize + rank)).toList();
  }

  /** A rank's micro-batches of all steps from {@code fromStep} on. */
  public Iterator<List<Integer>> order(long fromStep, int rank, int worldSize, int microBatchSize) {
    return LongStream.range(fromStep, totalSteps)
        .boxed()
        .flatMap(step -> microBatches(step, rank, worldSize, microBatchSize).stream())
        .iterator();
  }

  private Epoch epoch(long number) {
    // Spread first: the first draws of Randoms with neighbouring seeds are alike.
    long mixed = new SplittableRandom(seed ^ Long.reverse(number)).nextLong();
    Random random = new Random(mixed);
    return new Epoch(number, groups.batches(draws.samples(random), globalBatchSize, random));
  }

  private static int ceilDiv(int dividend, int divisor) {
    return (dividend + divisor - 1) / divisor;
  }
}
