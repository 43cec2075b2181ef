package io.litoperator.worker.sizing;

import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Head;
import io.litoperator.worker.model.Inference;
import io.litoperator.worker.model.InferenceMemory;
import io.litoperator.worker.model.InferenceMemory.Questions;
import io.litoperator.worker.model.Layout;
import io.litoperator.worker.model.TextConfig;
import io.litoperator.worker.model.VisionConfig;
import io.litoperator.worker.model.Weight;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.TopologyPlan.Device;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.safetensors.Shards;
import java.util.List;
import java.util.Set;

/** Predicts the memory of a training step, as the worker lays it out. */
public final class MemoryModel {
  /**
   * Of the JVM and libtorch, 230 MiB with a model of no size, and what lies idle between tensors.
   */
  private static final long CPU_PROGRAM = 280L << 20;

  /** Of a CUDA context and its libraries' workspaces. */
  private static final long CUDA_PROGRAM = 1L << 30;

  private final Workload work;
  private final Layout layout;
  private final long element;

  public MemoryModel(Workload work) {
    this.work = work;
    this.layout = Layout.of(work.model(), work.lora());
    this.element = work.bytesPerElement();
  }

  public Memory of(Setting setting) {
    int optimizerRanks = setting.sharding().includes(Sharding.OPTIMIZER) ? setting.ranks() : 1;
    int parameterRanks = setting.sharding().includes(Sharding.PARAMETERS) ? setting.ranks() : 1;
    long state = work.precision() == Precision.BF16 ? 12 : 8;
    return new Memory(
        element * size(layout.blocks()) / parameterRanks,
        gradients(setting),
        state * size(trained()) / optimizerRanks,
        activations(setting),
        buffers(setting),
        work.device() == Device.CUDA ? 0 : checkpoint(setting),
        evaluation(setting),
        work.device() == Device.CUDA ? CUDA_PROGRAM : CPU_PROGRAM);
  }

  /**
   * In fp32: the rank's share of the moments, and its files of the model, of which one has most.
   */
  private long checkpoint(Setting setting) {
    long moments = 2 * Float.BYTES * size(trained()) / setting.ranks();
    long model = Float.BYTES * size(trainsAdapters() ? trained() : layout.blocks());
    long files = (model + Shards.DEFAULT_BYTES - 1) / Shards.DEFAULT_BYTES;
    long most = (files + setting.ranks() - 1) / setting.ranks();
    return moments + Math.min(model, most * Shards.DEFAULT_BYTES);
  }

  /**
   * Questions are taken to be as long as samples. A rank has the whole model meanwhile, and keeps
   * the memory for layers' inputs.
   */
  private long evaluation(Setting setting) {
    if (work.newTokens().isEmpty()) {
      return 0;
    }
    Questions questions =
        new Questions(Inference.QUESTIONS, work.rows(), work.views(), work.newTokens().getAsInt());
    InferenceMemory answering =
        InferenceMemory.of(work.model(), work.precision(), work.device(), questions);
    boolean divided = setting.sharding().includes(Sharding.PARAMETERS);
    long others = divided ? size(layout.blocks()) / setting.ranks() * (setting.ranks() - 1) : 0;
    boolean keeps = setting.checkpointing() == Checkpointing.FULL;
    TextConfig text = work.model().text();
    long inputs =
        keeps ? (long) setting.microBatch() * work.rows() * text.layers() * text.hiddenSize() : 0;
    return answering.total() + element * (others + inputs);
  }

  private List<Block> trained() {
    return layout.blocks().stream()
        .filter(block -> block.used() && work.trains(block.part()))
        .toList();
  }

  private static long size(List<Block> blocks) {
    return blocks.stream().mapToLong(Block::size).sum();
  }

  private long gradients(Setting setting) {
    boolean several = work.globalBatch() > setting.microBatch() * setting.ranks();
    boolean atOnce = !work.clips() && !several;
    boolean sharded = setting.sharding().includes(Sharding.GRADIENTS);
    long all = element * size(trained());
    if (!atOnce && !sharded) {
      return all;
    }
    return passing(setting, atOnce) + (atOnce ? 0 : all / setting.ranks());
  }

  /** Gradients of pieces on their way: the largest, and layers that compute and are summed. */
  private long passing(Setting setting, boolean atOnce) {
    boolean divides = atOnce && work.device() == Device.CPU && setting.ranks() == 1;
    Set<Block> divided = divides ? layout.vocabularies(work.model().text()) : Set.of();
    long largest =
        trained().stream()
            .mapToLong(
                block ->
                    divided.contains(block)
                        ? Math.min(block.size(), Head.CPU_GRADIENT_ELEMENTS)
                        : block.size())
            .max()
            .orElse(0);
    return element * (largest + trainedOfLayer() * (setting.ranks() == 1 ? 1 : 2));
  }

  private long trainedOfLayer() {
    if (work.trains(ModelPart.LANGUAGE_MODEL)) {
      return layout.decoderLayers().get(0).size();
    }
    return trainsAdapters() ? layout.adapters().get(0).size() : 0;
  }

  private boolean trainsAdapters() {
    return work.trains(ModelPart.ADAPTERS) && work.lora().isPresent();
  }

  private long activations(Setting setting) {
    long rows = (long) setting.microBatch() * work.rows();
    TextConfig text = work.model().text();
    long kept = text.layers() * keptOfLayer(text, setting.checkpointing());
    long again =
        setting.checkpointing() == Checkpointing.FULL ? keptOfLayer(text, Checkpointing.NONE) : 0;
    return element * (rows * (kept + again + atWork(text) + masks()) + vision(setting));
  }

  /** Elements of a row that a decoder layer keeps, its input included. */
  private static long keptOfLayer(TextConfig text, Checkpointing checkpointing) {
    return switch (checkpointing) {
      case NONE -> text.family().keptOfRow(text, false);
      case SELECTIVE -> text.family().keptOfRow(text, true);
      case FULL -> text.hiddenSize();
    };
  }

  /** Elements of a row that a layer's derivative takes while it is computed. */
  private static long atWork(TextConfig text) {
    return 4L * text.intermediateSize() + 4L * text.hiddenSize();
  }

  /** Elements of a row that a layer's adapters drop inputs by; see {@code Lora.py}. */
  private long masks() {
    if (!trainsAdapters() || work.lora().get().dropout() == 0) {
      return 0;
    }
    return layout.decoderLayers().get(0).weights().stream()
        .filter(Weight::isMatrix)
        .mapToLong(weight -> weight.parts().size() * weight.shape()[1])
        .sum();
  }

  private long vision(Setting setting) {
    VisionConfig vision = work.model().vision();
    long rows = (long) setting.microBatch() * work.views() * vision.positions();
    long layer = 9L * vision.hiddenSize() + 4L * vision.intermediateSize();
    boolean kept =
        work.trains(ModelPart.VISION_TOWER) && setting.checkpointing() == Checkpointing.NONE;
    long layers = kept ? vision.layers() : 1;
    long inputs =
        work.trains(ModelPart.VISION_TOWER) ? (long) vision.layers() * vision.hiddenSize() : 0;
    return rows * (layer * layers + inputs + 3L * work.model().text().hiddenSize());
  }

  private long buffers(Setting setting) {
    VisionConfig vision = work.model().vision();
    long pixels = 3L * vision.imageSize() * vision.imageSize();
    long pictures = Float.BYTES * pixels * setting.microBatch() * work.views();
    return logits(setting) + pictures + gathered(setting);
  }

  /**
   * Likelihoods beside the logits that they are made of, a piece of the supervised rows at a time.
   */
  private long logits(Setting setting) {
    long most = Head.logitsBytes(work.device() == Device.CUDA);
    long all =
        (long) Float.BYTES
            * work.model().text().vocabularySize()
            * work.supervised()
            * setting.microBatch();
    return 2 * Math.min(most, all);
  }

  /** Whole weights of the block at work and of the next. */
  private long gathered(Setting setting) {
    if (!setting.sharding().includes(Sharding.PARAMETERS) || setting.ranks() == 1) {
      return 0;
    }
    long layer =
        layout.decoderLayers().get(0).size()
            + (trainsAdapters() ? layout.adapters().get(0).size() : 0);
    return element
        * (layer + Math.max(layer, Math.max(layout.embedding().size(), layout.head().size())));
  }
}
