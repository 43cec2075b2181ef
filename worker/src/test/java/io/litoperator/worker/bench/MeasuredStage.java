package io.litoperator.worker.bench;

import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.data.Tiling;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.plan.LoraPlan;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.TopologyPlan.Device;
import io.litoperator.worker.sizing.Workload;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A stage of two steps whose memory is measured; travels as JSON.
 *
 * @param lora null without adapters
 * @param tiled whether each picture has four tiles
 */
record MeasuredStage(BenchOptions options, Set<ModelPart> trainable, LoraPlan lora, boolean tiled) {

  ModelConfig config() {
    ModelDescription model = ModelDescription.ofModel(Path.of(options.model()));
    return (tiled ? model.withTiles(List.of()) : model).config();
  }

  Optional<LoraPlan> adapters() {
    return Optional.ofNullable(lora);
  }

  StagePlan plan(int ranks) {
    StagePlan frozenTower = Bench.stage(options, ranks);
    return new StagePlan(
        frozenTower.stage(),
        frozenTower.labels(),
        frozenTower.datasets(),
        trainable,
        frozenTower.learningRates(),
        frozenTower.epochs(),
        frozenTower.maxSteps(),
        frozenTower.globalBatchSize(),
        frozenTower.microBatchSize(),
        frozenTower.optimizer(),
        frozenTower.activationCheckpointing(),
        adapters());
  }

  List<Sample> samples(ModelConfig config) {
    List<Sample> samples = SyntheticBatch.of(options.shape(), config, Bench.SEED);
    return tiled
        ? samples.stream().map(s -> s.with(List.of(tiles(s.pictures().get(0))))).toList()
        : samples;
  }

  /** As many views as a picture can have, without padding. */
  private static Pixels tiles(Pixels view) {
    int side = view.height();
    Tiling tiling = new Tiling(2, 2, 2 * side, 2 * side);
    float[] values = Arrays.copyOf(view.values(), (1 + tiling.tiles()) * view.values().length);
    for (int i = view.values().length; i < values.length; i++) {
      values[i] = values[i - view.values().length];
    }
    return new Pixels(side, side, values, Optional.of(tiling));
  }

  Workload work(int ranks) {
    BatchShape shape = options.shape();
    int text = shape.lengths().get(0);
    return new Workload(
        config(),
        trainable,
        adapters(),
        options.precision(),
        Device.CPU,
        false,
        shape.sequences() * ranks,
        text,
        shape.supervised(text),
        1,
        tiled,
        OptionalInt.empty());
  }
}
