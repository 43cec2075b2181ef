package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.features.FeatureFiles;
import io.litoperator.worker.model.ModelFixture;
import io.litoperator.worker.model.ModelFlops;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FrozenTowerTest {
  private static final Set<ModelPart> WITHOUT_TOWER =
      EnumSet.of(ModelPart.CONNECTOR, ModelPart.LANGUAGE_MODEL);
  private static final Offset<Double> ROUNDING = within(1e-5);

  @TempDir Path folder;
  private final List<String> notices = new ArrayList<>();

  @BeforeAll
  static void start() {
    Torch.start(2, Fixtures.device());
  }

  @ParameterizedTest
  @MethodSource("io.litoperator.worker.model.ModelFixture#names")
  void keptFeaturesTrainAsThoseThatAreComputed(String name) throws IOException {
    Trained computed = train(name, DType.FLOAT32, Optional.empty());
    Trained keeping = train(name, DType.FLOAT32, Optional.of(folder));
    Map<String, byte[]> kept = contents();
    Trained reading = train(name, DType.FLOAT32, Optional.of(folder));

    assertThat(keeping.first().losses().mean())
        .isCloseTo(computed.first().losses().mean(), ROUNDING);
    assertThat(keeping.first().gradientNorm()).isCloseTo(computed.first().gradientNorm(), ROUNDING);
    assertThat(reading.parameters()).isEqualTo(keeping.parameters());
    assertThat(contents().keySet()).isEqualTo(kept.keySet()).isNotEmpty();
    assertThat(notices).isEmpty();
    assertThat(keeping.first().flops()).isEqualTo(computed.first().flops());
    assertThat(reading.first().flops())
        .isCloseTo(computed.first().flops() - tower(name), within(1e-3));
  }

  @ParameterizedTest
  @MethodSource("io.litoperator.worker.model.ModelFixture#names")
  void whatIsKeptIsWhatIsSeen(String name) throws IOException {
    Trained keeping = train(name, DType.BFLOAT16, Optional.of(folder));
    for (Map.Entry<String, byte[]> file : contents().entrySet()) {
      Path path = Path.of(file.getKey());
      try (FeatureFiles files =
          new FeatureFiles(folder, path.getName(0).toString(), notices::add)) {
        files.write(
            path.getFileName().toString(),
            ByteBuffer.allocate(file.getValue().length - Long.BYTES));
      }
    }

    assertThat(train(name, DType.BFLOAT16, Optional.of(folder)).first().losses())
        .isNotEqualTo(keeping.first().losses());
  }

  @ParameterizedTest
  @MethodSource("io.litoperator.worker.model.ModelFixture#names")
  void featuresDoNotDependOnTheBatch(String name) throws IOException {
    ModelFixture fixture = ModelFixture.open(name);
    List<Sample> samples = fixture.samples("lit");
    Path together = Files.createDirectory(folder.resolve("together"));
    Path apart = Files.createDirectory(folder.resolve("apart"));

    step(fixture, together, List.of(samples));
    step(fixture, apart, samples.stream().map(List::of).toList());

    assertThat(contents(apart)).usingRecursiveComparison().isEqualTo(contents(together));
  }

  @ParameterizedTest
  @MethodSource("io.litoperator.worker.model.ModelFixture#names")
  void anotherTowersFeaturesAreNotTaken(String name) throws IOException {
    ModelFixture fixture = ModelFixture.open(name);
    List<List<Sample>> batch = List.of(fixture.samples("lit"));
    step(fixture, folder, batch);
    int one = contents().size();
    try (VisionLanguageModel model = fixture.model();
        Tensor weights = model.parameters().memory(model.tower().get(0).block());
        Tensor ones = Tensor.of(new float[] {1}, 1);
        Tensor first = weights.slice(0, 1)) {
      first.copyFrom(ones);
      run(model, Optional.of(folder), batch);
    }

    assertThat(contents()).hasSize(2 * one);
  }

  /** As a loader does it: what was looked up needs no file any more, what was not is kept. */
  @ParameterizedTest
  @MethodSource("io.litoperator.worker.model.ModelFixture#names")
  void whatWasLookedUpBeforehandTrainsAlike(String name) throws IOException {
    List<Sample> samples = ModelFixture.open(name).samples("lit");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path full = Files.createDirectory(folder.resolve("full"));

    float[] computed = lookUpAndTrain(name, full, samples, () -> {});
    Map<String, byte[]> kept = contents(full);
    float[] read =
        lookUpAndTrain(name, full, samples, () -> Files.move(full, folder.resolve("away")));
    Files.move(folder.resolve("away"), full, StandardCopyOption.REPLACE_EXISTING);
    damage(full);
    float[] recomputed = lookUpAndTrain(name, full, samples, () -> {});
    float[] lookedUpInVain = lookUpAndTrain(name, empty, samples, () -> {});

    assertThat(read).isEqualTo(computed);
    assertThat(recomputed).isEqualTo(computed);
    assertThat(lookedUpInVain).isEqualTo(computed);
    assertThat(contents(full)).usingRecursiveComparison().isEqualTo(kept);
    assertThat(notices).isEmpty();
  }

  private interface Happening {
    void happens() throws IOException;
  }

  private float[] lookUpAndTrain(
      String name, Path features, List<Sample> samples, Happening inBetween) throws IOException {
    try (VisionLanguageModel model = ModelFixture.open(name).model();
        OptimizerStep step = step(model, Optional.of(features))) {
      List<Sample> found = samples.parallelStream().map(step::lookUp).toList();
      inBetween.happens();
      step.run(1, 1, List.of(found), OptimizerStep.Wishes.NONE);
      return model.parameters().flat().toFloats();
    }
  }

  private static void damage(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] content = Files.readAllBytes(file);
        content[content.length / 2] ^= 1;
        Files.write(file, content);
      }
    }
  }

  /** Operations of the tower for a batch's pictures. */
  private static double tower(String name) {
    ModelFixture fixture = ModelFixture.open(name);
    long views =
        fixture.samples("lit").stream()
            .flatMap(sample -> sample.pictures().stream())
            .mapToLong(Pixels::views)
            .sum();
    return new ModelFlops(fixture.description().config(), WITHOUT_TOWER).tower(views);
  }

  private record Trained(Step first, float[] parameters) {}

  /** Two steps. */
  private Trained train(String name, DType type, Optional<Path> features) {
    ModelFixture fixture = ModelFixture.open(name);
    List<List<Sample>> batch = List.of(fixture.samples("lit"));
    try (VisionLanguageModel model = fixture.model(type)) {
      Step first = run(model, features, batch);
      run(model, features, batch);
      return new Trained(first, model.parameters().flat().toFloats());
    }
  }

  private void step(ModelFixture fixture, Path features, List<List<Sample>> microBatches) {
    try (VisionLanguageModel model = fixture.model()) {
      run(model, Optional.of(features), microBatches);
    }
  }

  private Step run(
      VisionLanguageModel model, Optional<Path> features, List<List<Sample>> microBatches) {
    try (OptimizerStep step = step(model, features)) {
      return step.run(1, 1, microBatches, OptimizerStep.Wishes.NONE);
    }
  }

  private OptimizerStep step(VisionLanguageModel model, Optional<Path> features) {
    return new OptimizerStep(
        model,
        Stages.of(WITHOUT_TOWER).plan(),
        Sharding.NONE,
        new Alone(),
        features.map(there -> tower -> new FeatureFiles(there, tower, notices::add)));
  }

  private Map<String, byte[]> contents() throws IOException {
    return contents(folder);
  }

  /** Of all files, by their path. */
  private static Map<String, byte[]> contents(Path folder) throws IOException {
    Map<String, byte[]> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return contents;
  }
}
