package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.ModelFixture;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Parameters.Range;
import io.litoperator.worker.model.Shard;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan.Decay;
import io.litoperator.worker.plan.StagePlan.Optimizer;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Beside the same steps in double precision; on GPUs bf16 takes a kernel. */
class AdamWTest {
  private static final Optimizer SETTINGS =
      new Optimizer(1e-2, 0, Decay.COSINE, 0.1, 0.9, 0.99, 1e-8, Optional.empty());
  private static final double SCALE = 0.25;
  private static final double FACTOR = 0.5;

  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, 1e-6", "BFLOAT16, 4e-3"})
  void threeStepsAreThoseOfTheDefinition(DType type, double precision) {
    try (VisionLanguageModel model = ModelFixture.open("llava-1.5").model(type, 1)) {
      Block block = model.layout().decoderLayers().get(1);
      try (AdamW optimizer =
              new AdamW(
                  model.parameters(),
                  List.of(model.layout().head(), block),
                  SETTINGS,
                  Map.of(ModelPart.LANGUAGE_MODEL, 2e-2),
                  Shard.WHOLE);
          Tensor values = model.parameters().held(block)) {
        float[] start = values.toFloats();
        Reference reference = new Reference(start, decays(block, values));
        for (int step = 1; step <= 3; step++) {
          try (Tensor wide = Tensor.of(gradient(start.length, step), start.length);
              Tensor gradient = wide.cast(type)) {
            optimizer.update(Piece.whole(block), values, gradient, step, FACTOR, SCALE);
            reference.step(gradient.toFloats(), step, 2e-2 * FACTOR);
          }
        }
        assertThat(values.toFloats())
            .containsExactly(reference.values(), within((float) precision));
        if (type == DType.BFLOAT16) {
          assertMaster(optimizer, block, reference);
        }
      }
    }
  }

  /** Boundaries of norms and matrices lie within parts, and parts' within matrices. */
  @ParameterizedTest
  @CsvSource({"2, FLOAT32", "3, FLOAT32", "3, BFLOAT16"})
  void partsAreUpdatedAsTheWhole(int count, DType type) {
    try (VisionLanguageModel model = ModelFixture.open("siglip-qwen2").model(type, count)) {
      Block block = model.layout().decoderLayers().get(0);
      float[] start;
      try (Tensor values = model.parameters().memory(block)) {
        start = values.toFloats();
      }
      float[] whole = updated(model, block, List.of(Shard.WHOLE), type);
      try (Tensor values = model.parameters().memory(block)) {
        values.write(into -> into.put(start));
      }
      List<Shard> shards =
          IntStream.range(0, count).mapToObj(index -> new Shard(index, count)).toList();
      assertThat(updated(model, block, shards, type)).isEqualTo(whole).isNotEqualTo(start);
    }
  }

  private static float[] updated(
      VisionLanguageModel model, Block block, List<Shard> shards, DType type) {
    try (Tensor values = model.parameters().memory(block);
        Tensor wide = Tensor.of(gradient((int) values.size(), 1), values.size());
        Tensor gradient = wide.cast(type)) {
      for (Shard shard : shards) {
        Range range = shard.of(new Range(0, values.size()));
        try (AdamW optimizer =
                new AdamW(model.parameters(), List.of(block), SETTINGS, Map.of(), shard);
            Tensor part = values.slice(range.start(), range.end());
            Tensor ofGradient = gradient.slice(range.start(), range.end())) {
          optimizer.update(Piece.whole(block), part, ofGradient, 1, FACTOR, SCALE);
        }
      }
      return values.toFloats();
    }
  }

  /** Of each element of a block, gaps included. */
  private static boolean[] decays(Block block, Tensor values) {
    boolean[] decays = new boolean[(int) values.size()];
    List<Range> ranges = Parameters.ranges(block);
    for (int i = 0; i < ranges.size(); i++) {
      Range range = ranges.get(i);
      String name = block.weights().get(i).parts().get(0).name();
      Arrays.fill(decays, (int) range.start(), (int) range.end(), name.contains("proj.weight"));
    }
    return decays;
  }

  private static void assertMaster(AdamW optimizer, Block block, Reference reference) {
    try (Tensor master = optimizer.master().orElseThrow().part(block)) {
      assertThat(master.toFloats()).containsExactly(reference.values(), within(1e-5f));
    }
  }

  private static float[] gradient(int size, int step) {
    float[] gradient = new float[size];
    for (int i = 0; i < size; i++) {
      gradient[i] = (float) Math.sin(i * 0.3 + step);
    }
    return gradient;
  }

  private static final class Reference {
    private final boolean[] decays;
    private final double[] values;
    private final double[] means;
    private final double[] squares;

    Reference(float[] start, boolean[] decays) {
      this.decays = decays;
      values = new double[start.length];
      means = new double[start.length];
      squares = new double[start.length];
      for (int i = 0; i < start.length; i++) {
        values[i] = start[i];
      }
    }

    void step(float[] gradient, int step, double rate) {
      for (int i = 0; i < values.length; i++) {
        double g = gradient[i] * SCALE;
        means[i] = 0.9 * means[i] + 0.1 * g;
        squares[i] = 0.99 * squares[i] + 0.01 * g * g;
        double mean = means[i] / (1 - Math.pow(0.9, step));
        double square = squares[i] / (1 - Math.pow(0.99, step));
        values[i] -= decays[i] ? rate * 0.1 * values[i] : 0;
        values[i] -= rate * mean / (Math.sqrt(square) + 1e-8);
      }
    }

    float[] values() {
      float[] rounded = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        rounded[i] = (float) values[i];
      }
      return rounded;
    }
  }
}
