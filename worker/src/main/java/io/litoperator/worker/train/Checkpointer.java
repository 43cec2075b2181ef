package io.litoperator.worker.train;

import io.litoperator.worker.checkpoint.Checkpoint;
import io.litoperator.worker.checkpoint.CheckpointId;
import io.litoperator.worker.checkpoint.CheckpointWriter;
import io.litoperator.worker.checkpoint.Fingerprint;
import io.litoperator.worker.checkpoint.ParameterDigest;
import io.litoperator.worker.checkpoint.Share;
import io.litoperator.worker.checkpoint.Snapshot;
import io.litoperator.worker.checkpoint.TrainingState;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.gpu.Cuda;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Parameters.Range;
import io.litoperator.worker.model.Shard;
import io.litoperator.worker.model.Slice;
import io.litoperator.worker.model.ToldSource;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.Shards;
import io.litoperator.worker.torch.Arithmetic;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import io.litoperator.worker.transfer.Progress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Saves and restores the state of training. Every rank writes its share, from a copy, so that
 * training goes on; before, all ranks compare their parameters.
 */
public final class Checkpointer implements AutoCloseable {
  /** Moments are named after their parameters. */
  private static final String MEAN = "mean.";

  private static final String SQUARE = "square.";

  private final VisionLanguageModel model;
  private final RunPlan plan;
  private final Collective ranks;
  private final CheckpointWriter writer;
  private final Function<StagePlan, Map<String, byte[]>> sideFiles;
  private final Arithmetic arithmetic = new Arithmetic();
  private final HostCopies copies = new HostCopies();

  /**
   * @param sideFiles what a model folder holds besides weights, by stage
   */
  public Checkpointer(
      VisionLanguageModel model,
      RunPlan plan,
      Collective ranks,
      CheckpointWriter writer,
      Function<StagePlan, Map<String, byte[]>> sideFiles) {
    this.model = model;
    this.plan = plan;
    this.ranks = ranks;
    this.writer = writer;
    this.sideFiles = sideFiles;
  }

  /** Locks memory for copies of a GPU's state while training goes on: that takes seconds. */
  void prepare(StagePlan stage, OptimizerStep optimizer) {
    if (!Torch.device().isCuda()) {
      return;
    }
    long moments = 2 * optimizer.trainableParameters();
    long saved = saved(stage.stage()).stream().mapToLong(Block::size).sum();
    writer.prepare(
        () -> {
          Cuda.select(Torch.device().index());
          copies.reserve((moments + saved) / ranks.worldSize());
        });
  }

  /**
   * Saves the state after a step; every rank calls it. Returns when the copy is made.
   *
   * @throws io.litoperator.worker.failure.Failure {@code INTERNAL} if the ranks' parameters differ,
   *     {@code STORAGE} if the checkpoint before this could not be written
   */
  void save(StagePlan stage, long step, OptimizerStep optimizer) {
    if (optimizer.weights().stay()) {
      digest().requireSameOn(ranks, stage.stage().label() + " step " + step);
    }
    writer.begin(new CheckpointId(stage.stage(), step), ranks);
    copies.restart();
    Snapshot snapshot = snapshot(stage, step, optimizer);
    // What was copied is believed when all ranks have come here: see Collective.
    ranks.barrier();
    writer.submit(snapshot);
  }

  /** Of a GPU's parameters, which are not moved for it, by sums of their bits. */
  private ParameterDigest digest() {
    Tensor flat = model.parameters().flat();
    if (flat.isOnHost()) {
      return ParameterDigest.of(flat.pieces());
    }
    long[] sums = arithmetic.bitSums(flat);
    ByteBuffer bytes = ByteBuffer.allocate(sums.length * Long.BYTES);
    bytes.asLongBuffer().put(sums);
    return ParameterDigest.of(List.of(bytes));
  }

  private Snapshot snapshot(StagePlan stage, long step, OptimizerStep optimizer) {
    Share share = new Share(ranks.rank(), ranks.worldSize());
    AdamW adam = optimizer.optimizer();
    List<NamedTensor> moments = new ArrayList<>();
    for (Block block : adam.mean().blocks()) {
      moments.addAll(copyShare(block, adam.mean(), MEAN));
      moments.addAll(copyShare(block, adam.square(), SQUARE));
    }
    List<Block> saved = saved(stage.stage());
    TrainingState state =
        new TrainingState(
            stage.stage(),
            step,
            plan.seed(),
            ranks.worldSize(),
            stage.labels().objective(),
            Fingerprint.ofPlan(plan),
            Fingerprint.ofModel(shapes(saved)).digest());
    return new Snapshot(
        state,
        share,
        copyModel(saved, share, optimizer),
        moments,
        share.isFirst() ? sideFiles.apply(stage) : Map.of());
  }

  /** This rank's share of a block's state, whatever part of it the rank holds. */
  private List<NamedTensor> copyShare(Block block, ShardBuffer state, String prefix) {
    Range share =
        new Shard(ranks.rank(), ranks.worldSize())
            .of(new Range(0, model.parameters().range(block).size()));
    long held = state.range(block).start();
    List<NamedTensor> named = new ArrayList<>();
    try (Tensor part = state.part(block);
        Tensor memory = part.slice(share.start() - held, share.end() - held)) {
      Parameters.forEachSlice(
          block,
          share,
          memory,
          (slice, values) -> {
            String name = prefix + slice.part().name();
            copies.add(name, values);
            named.add(copies.named(name, slice.size()));
          });
    }
    return named;
  }

  /** Gathers block by block; each rank keeps what is in its files. */
  private Shards copyModel(List<Block> saved, Share share, OptimizerStep optimizer) {
    Shards files =
        Shards.of(
            saved.stream()
                .flatMap(Block::parts)
                .map(part -> copies.named(part.name(), part.shape()))
                .toList(),
            Shards.DEFAULT_BYTES);
    Set<String> mine =
        share.of(files).values().stream()
            .flatMap(List::stream)
            .map(NamedTensor::name)
            .collect(Collectors.toSet());
    for (Block block : saved) {
      try (Tensor whole = whole(block, optimizer)) {
        Parameters.forEachPart(
            block,
            whole,
            (part, values) -> {
              if (mine.contains(part.name())) {
                copies.add(part.name(), values);
              }
            });
      }
    }
    return files;
  }

  /** Of blocks that train in bf16, the masters. */
  private Tensor whole(Block block, OptimizerStep optimizer) {
    return optimizer
        .optimizer()
        .master()
        .filter(master -> master.blocks().contains(block))
        .map(master -> master.gather(block, ranks))
        .orElseGet(() -> optimizer.weights().gather(block));
  }

  /**
   * Continues from a checkpoint of this very stage: parameters and moments, of which this rank
   * reads what it holds.
   *
   * @param progress told how much has been read of it
   * @throws io.litoperator.worker.failure.Failure if the checkpoint is another job's or model's
   */
  void restore(Checkpoint checkpoint, OptimizerStep optimizer, Progress progress) {
    Set<Block> saved = Set.copyOf(saved(checkpoint.state().stage()));
    checkpoint.requireModel(shapes(saved));
    checkpoint.requirePlan(Fingerprint.ofPlan(plan));
    AdamW adam = optimizer.optimizer();
    String loading = "loading " + checkpoint.state().id();
    ToldSource parameters =
        new ToldSource(
            checkpoint.model()::read,
            progress,
            loading,
            model.parameters().heldCount(saved) + adam.master().map(ShardBuffer::count).orElse(0L));
    ToldSource moments =
        new ToldSource(
            checkpoint.optimizer()::read,
            progress,
            "loading the moments of " + checkpoint.state().id(),
            adam.mean().count() + adam.square().count());
    model.parameters().forEachSlice(saved, (slice, memory) -> slice.read(parameters, memory));
    adam.master().ifPresent(master -> load(master, parameters));
    load(adam.mean(), prefixed(MEAN, moments));
    load(adam.square(), prefixed(SQUARE, moments));
  }

  private static Slice.Source prefixed(String prefix, Slice.Source source) {
    return (name, start, end, into) -> source.read(prefix + name, start, end, into);
  }

  private static void load(ShardBuffer state, Slice.Source source) {
    for (Block block : state.blocks()) {
      try (Tensor part = state.part(block)) {
        Parameters.forEachSlice(
            block, state.range(block), part, (slice, memory) -> slice.read(source, memory));
      }
    }
  }

  /**
   * The whole model; of a stage with LoRA only what the job has trained so far, as the rest can be
   * read where it came from.
   */
  private List<Block> saved(Stage stage) {
    Set<ModelPart> trained = EnumSet.noneOf(ModelPart.class);
    boolean adapters = false;
    for (StagePlan planned : plan.stages()) {
      if (planned.stage().compareTo(stage) <= 0) {
        trained.addAll(planned.trainable());
        adapters |= planned.lora().isPresent();
      }
    }
    boolean all = !adapters;
    return model.layout().blocks().stream()
        .filter(b -> all ? b.part() != ModelPart.ADAPTERS : trained.contains(b.part()))
        .toList();
  }

  private static Map<String, long[]> shapes(Collection<Block> blocks) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    blocks.stream().flatMap(Block::parts).forEach(part -> shapes.put(part.name(), part.shape()));
    return shapes;
  }

  /** As of {@link CheckpointWriter#hasFailed}. */
  boolean saveFailed() {
    return writer.hasFailed();
  }

  /** As of {@link CheckpointWriter#giveUp}. */
  void giveUp() {
    writer.giveUp();
  }

  /** Returns when what was submitted is on disk. */
  public void awaitIdle() {
    writer.awaitIdle();
  }

  @Override
  public void close() {
    try {
      writer.close();
    } finally {
      copies.close();
      arithmetic.close();
    }
  }
}
