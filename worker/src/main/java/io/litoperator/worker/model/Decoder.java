package io.litoperator.worker.model;

import io.litoperator.worker.plan.LoraPlan;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.LongStream;

/** The language model's layers. */
public final class Decoder implements AutoCloseable {
  private final Layout layout;
  private final int rotated;
  private final Program layer;
  private final Rotary rotary;

  Decoder(TextConfig config, Layout layout, DType type) {
    this.layout = layout;
    rotated = config.heads() + config.keyValueHeads();
    DecoderFamily.LayerProgram program = config.family().program(config);
    layer = Program.load(Decoder.class, program.name(), attributes(program, layout.lora()));
    rotary = new Rotary(config.rotary(), config.maxPositions(), type);
  }

  private static Map<String, Object> attributes(
      DecoderFamily.LayerProgram program, Optional<LoraPlan> lora) {
    Map<String, Object> attributes = new HashMap<>(program.attributes());
    attributes.put("lora_scale", lora.map(LoraPlan::scale).orElse(1.0));
    attributes.put("lora_dropout", lora.map(LoraPlan::dropout).orElse(0.0));
    return attributes;
  }

  /** The layers for one packed batch. */
  public Bound bind(Packed batch) {
    return new Bound(batch.runs(), bounds(batch.runs()), rotary.at(batch.positions()));
  }

  /** Rows at which the sequences of some runs begin, and the number of all. */
  private static Tensor bounds(long[] runs) {
    LongStream bounds = LongStream.concat(LongStream.of(0), Arrays.stream(ends(runs)));
    try (Tensor wide = Tensor.of(bounds.toArray())) {
      return wide.cast(DType.INT32);
    }
  }

  private static long[] lastRows(long[] runs) {
    return Arrays.stream(ends(runs)).map(end -> end - 1).toArray();
  }

  /** Rows before which the sequences of some runs end. */
  private static long[] ends(long[] runs) {
    LongStream.Builder ends = LongStream.builder();
    long row = 0;
    for (int i = 0; i < runs.length; i += 2) {
      for (int j = 0; j < runs[i]; j++) {
        row += runs[i + 1];
        ends.add(row);
      }
    }
    return ends.build().toArray();
  }

  /**
   * Runs all layers on one more token of each sequence, in one native call.
   *
   * @param x (sequences, hidden), which is taken over
   * @param positions of the new token in each sequence
   * @param weights of all layers, one after another
   */
  Tensor decode(Tensor x, long[] positions, List<Tensor> weights, KeyValueCache cache) {
    int place = cache.end();
    cache.extend();
    try (Tensor before = x;
        Rotary.Angles angles = rotary.at(positions);
        Tensor mask = cache.mask()) {
      return layer.tensor(
          "decode_all",
          before,
          angles.cos(),
          angles.sin(),
          place,
          mask,
          weights,
          cache.keys(),
          cache.values());
    }
  }

  @Override
  public void close() {
    layer.close();
    rotary.close();
  }

  /** The layers with a batch's positions and sequences. */
  public final class Bound implements AutoCloseable {
    private final long[] runs;
    private final Tensor bounds;
    private final Rotary.Angles angles;

    private Bound(long[] runs, Tensor bounds, Rotary.Angles angles) {
      this.runs = runs;
      this.bounds = bounds;
      this.angles = angles;
    }

    /** From rows (rows, hidden) to rows of the same shape, in order. */
    public List<Segment> segments() {
      return layout.decoderLayers().stream()
          .<Segment>map(block -> new Layer(block, LayerArguments.PLAIN))
          .toList();
    }

    /**
     * The layers with their adapters, which are the weights that train; the rest is frozen.
     *
     * @param frozen a layer's own weights
     * @param seed of dropout
     */
    public List<Segment> adapted(Function<Block, List<Tensor>> frozen, long seed) {
      List<Segment> segments = new ArrayList<>();
      for (int i = 0; i < layout.adapters().size(); i++) {
        Block layer = layout.decoderLayers().get(i);
        LayerArguments arguments =
            new LayerArguments.Adapted(() -> frozen.apply(layer), seed * 1_000_003 + i);
        Block adapters = layout.adapters().get(i);
        segments.add(new Layer(adapters, arguments));
      }
      return segments;
    }

    /** Runs a layer and fills its cache. */
    Tensor prefill(int index, Tensor x, List<Tensor> weights, KeyValueCache cache) {
      return layer.tensor(
          "prefill",
          x,
          angles.cos(),
          angles.sin(),
          runs,
          bounds,
          cache.end(),
          weights,
          cache.keys().get(index),
          cache.values().get(index));
    }

    /**
     * Runs the last layer and fills its cache.
     *
     * @return the last row of each sequence (sequences, hidden)
     */
    Tensor prefillLast(int index, Tensor x, List<Tensor> weights, KeyValueCache cache) {
      try (Tensor last = Tensor.of(lastRows(runs));
          Tensor mask = cache.mask()) {
        return layer.tensor(
            "prefill_last",
            x,
            angles.cos(),
            angles.sin(),
            runs,
            last,
            cache.end(),
            mask,
            weights,
            cache.keys().get(index),
            cache.values().get(index));
      }
    }

    @Override
    public void close() {
      angles.close();
      bounds.close();
    }

    /** A layer, or its adapters. */
    private final class Layer implements Differentiable {
      private final Block block;
      private final LayerArguments arguments;

      private Layer(Block block, LayerArguments arguments) {
        this.block = block;
        this.arguments = arguments;
      }

      @Override
      public Block block() {
        return block;
      }

      @Override
      public List<Tensor> record(Tensor x, List<Tensor> weights, boolean lean) {
        List<Tensor> own = arguments.weights(weights);
        List<Tensor> adapters = arguments.adapters(weights);
        List<Tensor> masks = arguments.masks(layer, x, weights);
        try (Tensor qkv = layer.tensor("project", x, own, adapters, masks)) {
          rotary.rotate(qkv, rotated, angles);
          return List.of(
              layer.tensors("forward", x, qkv, runs, bounds, own, adapters, masks, lean));
        } finally {
          masks.forEach(Tensor::close);
        }
      }

      @Override
      public Tensor backward(
          Tensor x,
          List<Tensor> kept,
          Tensor gradient,
          List<Tensor> weights,
          List<Tensor> gradients,
          boolean accumulate) {
        double keep = accumulate ? 1 : 0;
        List<Tensor> own = arguments.weights(weights);
        List<Tensor> adapters = arguments.adapters(weights);
        List<Tensor> masks = arguments.masks(layer, x, weights);
        List<Tensor> inner =
            List.of(
                layer.tensors(
                    "backward",
                    x,
                    kept,
                    gradient,
                    runs,
                    bounds,
                    own,
                    adapters,
                    masks,
                    gradients,
                    keep));
        try {
          Tensor qkv = inner.get(0);
          rotary.rotateBack(qkv, rotated, angles);
          List<Tensor> beside = inner.subList(1, inner.size());
          return layer.tensor(
              "project_backward", x, qkv, beside, own, adapters, masks, gradients, keep);
        } finally {
          inner.forEach(Tensor::close);
          masks.forEach(Tensor::close);
        }
      }
    }
  }
}
