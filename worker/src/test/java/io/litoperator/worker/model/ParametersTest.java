package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranks that hold their parts only hold together what one holds alone. */
class ParametersTest {
  @BeforeAll
  static void start() {
    Torch.start(1);
  }

  @ParameterizedTest(name = "{0} by {1}, {2}")
  @CsvSource({
    "llava-1.5, 2, FLOAT32",
    "siglip-qwen2, 3, FLOAT32",
    "llava-next, 8, FLOAT32",
    "clip-phi, 4, BFLOAT16"
  })
  void partsThatAreLoadedOrDrawnAreThoseOfTheWhole(String name, int ranks, DType type) {
    ModelFixture fixture = ModelFixture.open(name);
    Map<String, float[]> loaded = new HashMap<>();
    Map<String, float[]> drawn = new HashMap<>();
    try (VisionLanguageModel whole = fixture.model(type, ranks)) {
      Parameters parameters = whole.parameters();
      Map<String, float[]> expected = values(parameters);
      for (int rank = 0; rank < ranks; rank++) {
        Shard shard = new Shard(rank, ranks);
        try (VisionLanguageModel part =
            fixture.model(layout -> Parameters.divided(layout, type, shard))) {
          append(part.parameters(), loaded);
          initialise(part.parameters());
          append(part.parameters(), drawn);
        }
      }
      assertSame(loaded, expected);
      initialise(parameters);
      assertSame(drawn, values(parameters));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void whatIsDividedIsUnitedAgain(int ranks) {
    List<VisionLanguageModel> models = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      models.add(ModelFixture.open("llava-1.5").model(DType.FLOAT32, ranks));
    }
    Parameters first = models.get(0).parameters();
    float[] before = first.flat().toFloats();
    for (int rank = 0; rank < ranks; rank++) {
      models.get(rank).parameters().divide(new Shard(rank, ranks));
    }
    first.unite(
        (block, memory) -> {
          int index = first.layout().blocks().indexOf(block);
          for (int rank = 0; rank < ranks; rank++) {
            Parameters theirs = models.get(rank).parameters();
            Block same = theirs.layout().blocks().get(index);
            Parameters.Range range = theirs.heldRange(same);
            try (Tensor part = theirs.held(same);
                Tensor into = memory.slice(range.start(), range.end())) {
              into.copyFrom(part);
            }
          }
        });
    assertThat(first.flat().toFloats()).isEqualTo(before);
    models.forEach(VisionLanguageModel::close);
  }

  private static void initialise(Parameters parameters) {
    try (Initializer initializer = new Initializer(7)) {
      parameters.forEachSlice(Set.copyOf(parameters.layout().blocks()), initializer::fill);
    }
  }

  private static Map<String, float[]> values(Parameters parameters) {
    Map<String, float[]> values = new HashMap<>();
    parameters.forEachPart(
        Set.copyOf(parameters.layout().blocks()),
        (part, tensor) -> values.put(part.name(), tensor.toFloats()));
    return values;
  }

  /** Rank after rank, each tensor's pieces follow each other. */
  private static void append(Parameters parameters, Map<String, float[]> values) {
    parameters.forEachSlice(
        Set.copyOf(parameters.layout().blocks()),
        (slice, memory) -> {
          float[] before = values.getOrDefault(slice.part().name(), new float[0]);
          assertThat(slice.start()).isEqualTo(before.length);
          float[] after = Arrays.copyOf(before, (int) slice.end());
          System.arraycopy(memory.toFloats(), 0, after, before.length, (int) slice.size());
          values.put(slice.part().name(), after);
        });
  }

  private static void assertSame(Map<String, float[]> actual, Map<String, float[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, values) -> assertThat(actual.get(name)).as(name).isEqualTo(values));
  }
}
