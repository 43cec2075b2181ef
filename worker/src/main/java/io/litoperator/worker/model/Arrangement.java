package io.litoperator.worker.model;

import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.data.Tiling;
import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Puts the features of views in the order of image tokens, as LLaVA-NeXT does ({@code
 * spatial_unpad}): of each picture the view of the whole, then row by row what its tiles show of
 * it, each row ended by a newline.
 */
final class Arrangement implements Differentiable {
  private final Program program;
  private final Block newline;
  private final long[] from;
  private final long[] to;
  private final long[] breaks;

  Arrangement(Program program, Block newline, List<Sample> samples, ModelConfig config) {
    this.program = program;
    this.newline = newline;
    Places places = new Places(config.vision().patchesPerSide(), config.imageTokens());
    samples.stream().flatMap(s -> s.pictures().stream()).forEach(places::add);
    from = places.from.build().toArray();
    to = places.to.build().toArray();
    breaks = places.breaks.build().toArray();
  }

  /** Which feature becomes which image token. */
  private static final class Places {
    private final LongStream.Builder from = LongStream.builder();
    private final LongStream.Builder to = LongStream.builder();
    private final LongStream.Builder breaks = LongStream.builder();
    private final int patches;
    private final int viewRows;
    private long feature;
    private long token;

    /**
     * @param patches along each side of a view
     * @param viewRows features of a view
     */
    Places(int patches, int viewRows) {
      this.patches = patches;
      this.viewRows = viewRows;
    }

    void add(Pixels picture) {
      for (int i = 0; i < viewRows; i++) {
        place(feature + i);
      }
      picture.tiling().ifPresent(tiling -> addTiles(tiling, tiling.kept(patches)));
      feature += (long) picture.views() * viewRows;
    }

    private void addTiles(Tiling tiling, Tiling.Kept kept) {
      for (int row = kept.firstRow(); row < kept.endRow(); row++) {
        for (int column = kept.firstColumn(); column < kept.endColumn(); column++) {
          int tile = row / patches * tiling.columns() + column / patches;
          int patch = row % patches * patches + column % patches;
          place(feature + (long) (1 + tile) * viewRows + patch);
        }
        breaks.add(token++);
      }
    }

    private void place(long source) {
      from.add(source);
      to.add(token++);
    }
  }

  @Override
  public Block block() {
    return newline;
  }

  @Override
  public List<Tensor> record(Tensor x, List<Tensor> weights, boolean lean) {
    try (Tensor source = Tensor.of(from);
        Tensor target = Tensor.of(to);
        Tensor ends = Tensor.of(breaks)) {
      return List.of(program.tensor("forward", x, source, target, ends, weights));
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
    try (Tensor source = Tensor.of(from);
        Tensor target = Tensor.of(to);
        Tensor ends = Tensor.of(breaks)) {
      return program.tensor(
          "backward", x, gradient, source, target, ends, gradients, accumulate ? 1.0 : 0.0);
    }
  }
}
