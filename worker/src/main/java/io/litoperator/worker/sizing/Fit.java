package io.litoperator.worker.sizing;

import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Which settings of a stage fit into a rank's memory, with which micro-batch, and how long a step
 * takes.
 */
public final class Fit {
  /** Larger micro-batches gain no speed and cost memory; as the job's default has it. */
  private static final int LARGEST_MICRO_BATCH = 16;

  /** Part of the memory that is planned with: allocators lose some to gaps. */
  private static final double USABLE = 0.94;

  private final Workload work;
  private final MemoryModel memory;
  private final int ranks;
  private final long limit;
  private final OptionalDouble flopsPerSecond;

  /**
   * @param limit bytes of each rank's device
   * @param flopsPerSecond that a rank sustains; absent if not known
   */
  public Fit(Workload work, int ranks, long limit, OptionalDouble flopsPerSecond) {
    this.work = work;
    this.ranks = ranks;
    this.limit = limit;
    this.flopsPerSecond = flopsPerSecond;
    this.memory = new MemoryModel(work);
  }

  public Precision precision() {
    return work.precision();
  }

  /**
   * One setting.
   *
   * @param seconds of a step
   */
  public record Row(Setting setting, Memory memory, boolean fits, OptionalDouble seconds) {
    /** Over all ranks. */
    public OptionalDouble samplesPerSecond(int globalBatch) {
      return seconds.isPresent()
          ? OptionalDouble.of(globalBatch / seconds.getAsDouble())
          : OptionalDouble.empty();
    }
  }

  /** All settings, from those that keep the most to those that keep the least. */
  public List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (Sharding sharding : Sharding.values()) {
      for (Checkpointing checkpointing : Checkpointing.values()) {
        rows.add(row(sharding, checkpointing));
      }
    }
    return rows;
  }

  /** With the largest micro-batch that fits, or 1. */
  public Row row(Sharding sharding, Checkpointing checkpointing) {
    Setting least = new Setting(sharding, checkpointing, ranks, 1);
    Setting setting =
        microBatches().stream()
            .map(least::withMicroBatch)
            .filter(this::fits)
            .findFirst()
            .orElse(least);
    return row(setting);
  }

  /** With this micro-batch, or a rank's share of the global batch if that is smaller. */
  public Row row(Sharding sharding, Checkpointing checkpointing, int microBatch) {
    return row(new Setting(sharding, checkpointing, ranks, Math.min(microBatch, share())));
  }

  private Row row(Setting setting) {
    OptionalDouble seconds =
        flopsPerSecond.isPresent()
            ? OptionalDouble.of(new StepTime(work, flopsPerSecond.getAsDouble()).seconds(setting))
            : OptionalDouble.empty();
    return new Row(setting, memory.of(setting), fits(setting), seconds);
  }

  private boolean fits(Setting setting) {
    return memory.of(setting).peak() <= limit * USABLE;
  }

  /** Of the global batch, a rank's. */
  private int share() {
    return Math.max(1, work.globalBatch() / ranks);
  }

  /** Those that divide a rank's share, the largest first. */
  private List<Integer> microBatches() {
    int share = share();
    List<Integer> sizes = new ArrayList<>();
    for (int size = Math.min(share, LARGEST_MICRO_BATCH); size >= 1; size--) {
      if (share % size == 0) {
        sizes.add(size);
      }
    }
    return sizes;
  }

  /**
   * The setting that keeps least, on as many ranks as it takes to fit, up to 1024 and doubling;
   * empty if one sample does not fit even there.
   */
  public Optional<Setting> onMoreRanks() {
    for (int more = ranks; more <= 1024; more *= 2) {
      Fit larger = new Fit(work, more, limit, OptionalDouble.empty());
      Row least = larger.row(Sharding.PARAMETERS, Checkpointing.FULL);
      if (least.fits()) {
        return Optional.of(least.setting());
      }
    }
    return Optional.empty();
  }
}
