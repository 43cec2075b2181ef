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
import io.litoperator.worker.model.Parameters.Range;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.model.Weight;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.Weights;
import io.litoperator.worker.torch.Arithmetic;
import io.litoperator.worker.torch.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final Map<String, byte[]> sideFiles;
  private final Arithmetic arithmetic = new Arithmetic();
  private final List<Tensor> copies = new ArrayList<>();

  /**
   * @param writer of rank 0; no other rank has one
   * @param sideFiles what a model folder holds besides weights
   */
  public Checkpointer(
      VisionLanguageModel model,
      RunPlan plan,
      Collective ranks,
      Optional<CheckpointWriter> writer,
      Map<String, byte[]> sideFiles) {
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
    digest().requireSameOn(ranks, stage.stage().label() + " step " + step);
    writer.ifPresent(
        w -> {
          w.awaitIdle();
          w.submit(snapshot(stage, step, optimizer));
        });
  }

  /** Of a GPU's parameters, which are not moved for it, by sums of their bits. */
  private ParameterDigest digest() {
    Tensor flat = model.parameters().flat();
    if (flat.isOnHost()) {
      return ParameterDigest.of(pieces(flat));
    }
    long[] sums = arithmetic.bitSums(flat);
    ByteBuffer bytes = ByteBuffer.allocate(sums.length * Long.BYTES);
    bytes.asLongBuffer().put(sums);
    return ParameterDigest.of(List.of(bytes));
  }

  private Snapshot snapshot(StagePlan stage, long step, OptimizerStep optimizer) {
    release();
    Gradients gradients = optimizer.gradients();
    List<NamedTensor> moments = new ArrayList<>();
    moments.addAll(copy(optimizer.optimizer().mean(), gradients.trained(), gradients::range, MEAN));
    moments.addAll(
        copy(optimizer.optimizer().square(), gradients.trained(), gradients::range, SQUARE));
    List<NamedTensor> parameters = parameters(optimizer);
    TrainingState state =
        new TrainingState(
            stage.stage(),
            step,
            plan.seed(),
            ranks.worldSize(),
            stage.labels().objective(),
            Fingerprint.ofPlan(plan),
            Fingerprint.ofModel(shapes()).digest(),
            Map.of());
    return new Snapshot(state, parameters, moments, sideFiles);
  }

  /** Of blocks that train in bf16, the masters. */
  private List<NamedTensor> parameters(OptimizerStep optimizer) {
    Parameters parameters = model.parameters();
    Optional<Tensor> master = optimizer.optimizer().master();
    if (master.isEmpty()) {
      return copy(parameters.flat(), model.layout().blocks(), parameters::range, "");
    }
    Gradients gradients = optimizer.gradients();
    List<Block> frozen =
        model.layout().blocks().stream().filter(block -> !gradients.trains(block)).toList();
    List<NamedTensor> all = new ArrayList<>(copy(parameters.flat(), frozen, parameters::range, ""));
    all.addAll(copy(master.get(), gradients.trained(), gradients::range, ""));
    return all;
  }

  /** Named fp32 views of copies of a flat buffer's blocks. */
  private List<NamedTensor> copy(
      Tensor flat, List<Block> blocks, Function<Block, Range> ranges, String prefix) {
    List<NamedTensor> named = new ArrayList<>();
    for (Block block : blocks) {
      Range range = ranges.apply(block);
      try (Tensor memory = flat.slice(range.start(), range.end())) {
        Tensor copy = memory.hostCopy(io.litoperator.worker.torch.DType.FLOAT32);
        copies.add(copy);
        Parameters.forEachPart(
            block,
            copy,
            (part, tensor) ->
                named.add(
                    new NamedTensor(
                        prefix + part.name(), DType.F32, part.shape(), pieces(tensor))));
      }
    }
    return named;
  }

  /** The memory of a contiguous tensor, in pieces that buffers can span. */
  private static List<ByteBuffer> pieces(Tensor tensor) {
    List<ByteBuffer> pieces = new ArrayList<>();
    long piece = 1L << 28;
    try (Tensor flat = tensor.reshape(tensor.size())) {
      for (long start = 0; start < flat.size(); start += piece) {
        try (Tensor slice = flat.slice(start, Math.min(flat.size(), start + piece))) {
          pieces.add(slice.memory());
        }
      }
    }
    return pieces;
  }

  /**
   * Continues from a checkpoint of this very stage: parameters and moments.
   *
   * @throws io.litoperator.worker.failure.Failure if the checkpoint is another job's or model's
   */
  void restore(Checkpoint checkpoint, OptimizerStep optimizer) {
    restoreParameters(checkpoint);
    Gradients gradients = optimizer.gradients();
    AdamW adam = optimizer.optimizer();
    adam.master()
        .ifPresent(
            master ->
                forEachPart(
                    master,
                    gradients.trained(),
                    gradients::range,
                    (part, tensor) -> read(checkpoint.model(), part.name(), tensor)));
    Weights moments = checkpoint.optimizer();
    forEachPart(
        adam.mean(),
        gradients.trained(),
        gradients::range,
        (part, tensor) -> read(moments, MEAN + part.name(), tensor));
    forEachPart(
        adam.square(),
        gradients.trained(),
        gradients::range,
        (part, tensor) -> read(moments, SQUARE + part.name(), tensor));
  }

  private void restoreParameters(Checkpoint checkpoint) {
    checkpoint.requireModel(shapes());
    checkpoint.requirePlan(Fingerprint.ofPlan(plan));
    forEachPart(
        model.parameters().flat(),
        model.layout().blocks(),
        model.parameters()::range,
        (part, tensor) -> read(checkpoint.model(), part.name(), tensor));
  }

  private static void read(Weights weights, String name, Tensor into) {
    into.write(values -> weights.read(name, values));
  }

  private interface PartVisitor {
    void visit(Weight.Part part, Tensor tensor);
  }

  private static void forEachPart(
      Tensor flat, List<Block> blocks, Function<Block, Range> ranges, PartVisitor visitor) {
    for (Block block : blocks) {
      Range range = ranges.apply(block);
      try (Tensor memory = flat.slice(range.start(), range.end())) {
        Parameters.forEachPart(block, memory, visitor::visit);
      }
    }
  }

  private Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (Block block : model.layout().blocks()) {
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
