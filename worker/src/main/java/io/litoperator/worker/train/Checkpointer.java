package io.litoperator.worker.train;

import io.litoperator.worker.checkpoint.Checkpoint;
import io.litoperator.worker.checkpoint.CheckpointWriter;
import io.litoperator.worker.checkpoint.Fingerprint;
import io.litoperator.worker.checkpoint.ParameterDigest;
import io.litoperator.worker.checkpoint.Snapshot;
import io.litoperator.worker.checkpoint.TrainingState;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.model.Weight;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.Weights;
import io.litoperator.worker.torch.Arithmetic;
import io.litoperator.worker.torch.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Saves and restores the state of training. Rank 0 writes, from a copy, so that training goes on;
 * before, all ranks compare their parameters.
 */
public final class Checkpointer implements AutoCloseable {
  /** Moments are named after their parameters. */
  private static final String MEAN = "mean.";

  private static final String SQUARE = "square.";

  private final VisionLanguageModel model;
  private final RunPlan plan;
  private final Collective ranks;
  private final Optional<CheckpointWriter> writer;
  private final Function<StagePlan, Map<String, byte[]>> sideFiles;
  private final Arithmetic arithmetic = new Arithmetic();
  private final List<Tensor> copies = new ArrayList<>();

  /**
   * @param writer of rank 0; no other rank has one
   * @param sideFiles what a model folder holds besides weights, by stage
   */
  public Checkpointer(
      VisionLanguageModel model,
      RunPlan plan,
      Collective ranks,
      Optional<CheckpointWriter> writer,
      Function<StagePlan, Map<String, byte[]>> sideFiles) {
    this.model = model;
    this.plan = plan;
    this.ranks = ranks;
    this.writer = writer;
    this.sideFiles = sideFiles;
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
    writer.ifPresent(CheckpointWriter::awaitIdle);
    Snapshot snapshot = snapshot(stage, step, optimizer);
    writer.ifPresent(w -> w.submit(snapshot));
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
    release();
    AdamW adam = optimizer.optimizer();
    List<NamedTensor> moments = new ArrayList<>();
    for (Block block : adam.mean().blocks()) {
      moments.addAll(copy(block, adam.mean().gather(block, ranks), MEAN));
      moments.addAll(copy(block, adam.square().gather(block, ranks), SQUARE));
    }
    List<Block> saved = saved(stage.stage());
    List<NamedTensor> parameters = parameters(optimizer, saved);
    TrainingState state =
        new TrainingState(
            stage.stage(),
            step,
            plan.seed(),
            ranks.worldSize(),
            stage.labels().objective(),
            Fingerprint.ofPlan(plan),
            Fingerprint.ofModel(shapes(saved)).digest(),
            Map.of());
    return new Snapshot(state, parameters, moments, sideFiles.apply(stage));
  }

  /** Of blocks that train in bf16, the masters. */
  private List<NamedTensor> parameters(OptimizerStep optimizer, List<Block> saved) {
    Optional<ShardBuffer> master = optimizer.optimizer().master();
    List<NamedTensor> all = new ArrayList<>();
    for (Block block : saved) {
      boolean wide = master.map(buffer -> buffer.blocks().contains(block)).orElse(false);
      all.addAll(
          copy(
              block,
              wide ? master.get().gather(block, ranks) : optimizer.weights().gather(block),
              ""));
    }
    return all;
  }

  /** Named fp32 views of a copy of a block, which it closes; on ranks that do not write, none. */
  private List<NamedTensor> copy(Block block, Tensor memory, String prefix) {
    List<NamedTensor> named = new ArrayList<>();
    try (memory) {
      if (writer.isPresent()) {
        Tensor copy = memory.hostCopy(io.litoperator.worker.torch.DType.FLOAT32);
        copies.add(copy);
        Parameters.forEachPart(
            block,
            copy,
            (part, tensor) ->
                named.add(
                    new NamedTensor(
                        prefix + part.name(), DType.F32, part.shape(), tensor.pieces())));
      }
    }
    return named;
  }

  /**
   * Continues from a checkpoint of this very stage: parameters and moments.
   *
   * @throws io.litoperator.worker.failure.Failure if the checkpoint is another job's or model's
   */
  void restore(Checkpoint checkpoint, OptimizerStep optimizer) {
    List<Block> saved = saved(checkpoint.state().stage());
    checkpoint.requireModel(shapes(saved));
    checkpoint.requirePlan(Fingerprint.ofPlan(plan));
    AdamW adam = optimizer.optimizer();
    for (Block block : saved) {
      load(block, checkpoint.model(), "", whole -> optimizer.weights().load(block, whole));
    }
    for (Block block : adam.mean().blocks()) {
      adam.master()
          .ifPresent(
              master -> load(block, checkpoint.model(), "", whole -> master.load(block, whole)));
      load(block, checkpoint.optimizer(), MEAN, whole -> adam.mean().load(block, whole));
      load(block, checkpoint.optimizer(), SQUARE, whole -> adam.square().load(block, whole));
    }
  }

  /** Reads a block in fp32 and hands it to its owner. */
  private void load(Block block, Weights weights, String prefix, Consumer<Tensor> owner) {
    long size = model.parameters().range(block).size();
    try (Tensor whole = Tensor.zeros(io.litoperator.worker.torch.DType.FLOAT32, size)) {
      Parameters.forEachPart(
          block,
          whole,
          (part, tensor) -> tensor.write(values -> weights.read(prefix + part.name(), values)));
      owner.accept(whole);
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

  private static Map<String, long[]> shapes(List<Block> blocks) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (Block block : blocks) {
      for (Weight weight : block.weights()) {
        weight.parts().forEach(part -> shapes.put(part.name(), part.shape()));
      }
    }
    return shapes;
  }

  /** Returns when what was submitted is on disk. */
  public void awaitIdle() {
    writer.ifPresent(CheckpointWriter::awaitIdle);
  }

  private void release() {
    copies.forEach(Tensor::close);
    copies.clear();
  }

  @Override
  public void close() {
    try {
      writer.ifPresent(CheckpointWriter::close);
    } finally {
      release();
      arithmetic.close();
    }
  }
}
