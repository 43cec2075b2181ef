package io.litoperator.worker.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.data.Tiling;
import io.litoperator.worker.data.image.ImageProcessor;
import io.litoperator.worker.data.image.Picture;
import io.litoperator.worker.model.published.TensorNames;
import io.litoperator.worker.plan.GridPinpoint;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import io.litoperator.worker.safetensors.Safetensors;
import io.litoperator.worker.safetensors.Weights;
import io.litoperator.worker.torch.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** A model and batch of {@code fixtures/steps}, and what the reference computes of them. */
public record ModelFixture(
    String name,
    ModelDescription description,
    Safetensors batch,
    Safetensors expected,
    JsonNode index,
    TensorNames stored) {

  /** Where configurations give a picture no token of the vocabulary, this one stands for it. */
  private static final int IMAGE_TOKEN = 500;

  /** Of every model that there are steps of. */
  public static Stream<String> names() {
    try (Stream<Path> folders = Files.list(Fixtures.root().resolve("steps"))) {
      return folders
          .filter(Files::isDirectory)
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With each of the two objectives that there are numbers of. */
  public static Stream<Arguments> namesAndObjectives() {
    return names()
        .flatMap(
            name ->
                Stream.of("vit", "lit")
                    .filter(open(name).index()::has)
                    .map(objective -> Arguments.of(name, objective)));
  }

  public static ModelFixture open(String name) {
    Path steps = Fixtures.root().resolve("steps").resolve(name);
    try {
      return new ModelFixture(
          name,
          ModelDescription.ofModel(modelFolder(name)),
          Safetensors.open(steps.resolve("batch.safetensors")),
          Safetensors.open(steps.resolve("expected.safetensors")),
          new ObjectMapper().readTree(steps.resolve("index.json").toFile()),
          TensorNames.of(Weights.open(modelFolder(name)).names()).orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path modelFolder(String name) {
    return Fixtures.root().resolve("models").resolve(name);
  }

  public VisionLanguageModel model() {
    return model(DType.FLOAT32);
  }

  public VisionLanguageModel model(DType type) {
    return model(type, 1);
  }

  public VisionLanguageModel model(DType type, int ranks) {
    return model(Layout.of(description.config()), type, ranks);
  }

  /** With other blocks, such as adapters. */
  public VisionLanguageModel model(Layout layout, DType type, int ranks) {
    return model(new Parameters(layout, type, ranks));
  }

  /** With room for what a rank is to hold. */
  public VisionLanguageModel model(Function<Layout, Parameters> memory) {
    return model(memory.apply(Layout.of(description.config())));
  }

  private VisionLanguageModel model(Parameters parameters) {
    Path folder = modelFolder(name);
    new WeightLoader(parameters).loadModel(Weights.open(folder), folder.toString());
    return new VisionLanguageModel(description.config(), parameters);
  }

  /** The batch's three samples, whose pictures are in their order; one of them has none. */
  public List<Sample> samples(String objective) {
    long[][] ids = rows("input_ids");
    long[][] labels = rows("labels_" + objective);
    long[][] attention = rows("attention_mask");
    List<Sample> samples = new ArrayList<>();
    int picture = 0;
    for (int i = 0; i < ids.length; i++) {
      int count = (int) Arrays.stream(ids[i]).filter(id -> id == imageToken()).count();
      List<Pixels> pictures =
          IntStream.range(picture, picture + count).mapToObj(this::picture).toList();
      picture += count;
      samples.add(sample(i, ids[i], labels[i], (int) Arrays.stream(attention[i]).sum(), pictures));
    }
    return samples;
  }

  private Sample sample(int index, long[] ids, long[] labels, int attended, List<Pixels> pictures) {
    int image = imageToken();
    int length = attended;
    for (Pixels picture : pictures) {
      length -= description.config().imageTokens(picture) - 1;
    }
    int[] tokens = new int[length];
    Fate[] fates = new Fate[length];
    for (int t = 0; t < length; t++) {
      tokens[t] = ids[t] == image ? Sample.IMAGE : (int) ids[t];
      fates[t] = labels[t] == Sample.IGNORE ? Fate.MASKED : Fate.ANSWER;
    }
    return new Sample("sample " + index, tokens, fates, pictures);
  }

  Pixels picture(int index) {
    float[] all = batch.floats("pixel_values");
    int side = description.config().vision().imageSize();
    int view = 3 * side * side;
    int stride = (int) (all.length / batch.info("pixel_values").shape()[0]);
    Optional<Tiling> tiling = tiling(index);
    int views = 1 + tiling.map(Tiling::tiles).orElse(0);
    int start = index * stride;
    return new Pixels(side, side, Arrays.copyOfRange(all, start, start + views * view), tiling);
  }

  private Optional<Tiling> tiling(int index) {
    List<GridPinpoint> pinpoints = description.config().gridPinpoints();
    if (pinpoints.isEmpty()) {
      return Optional.empty();
    }
    long[] size = rows("image_sizes")[index];
    int height = (int) size[0];
    int width = (int) size[1];
    return ImageProcessor.open(modelFolder(name), ImageAspect.ANYRES, pinpoints)
        .tiling(new Picture(width, height, new byte[3 * width * height]));
  }

  int imageToken() {
    int token = description.config().imageToken();
    return token < 0 ? IMAGE_TOKEN : token;
  }

  /** A tensor's name in the model's folder, and so in the expectations. */
  public String stored(Weight.Part part) {
    return stored.theirs(part.name()).orElseThrow();
  }

  /** Of all supervised tokens, in the order of the samples. */
  public float[] tokenLosses(String objective) {
    float[] all = expected.floats("token_loss." + objective);
    long[][] labels = rows("labels_" + objective + "_expanded");
    List<Float> losses = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      for (int t = 1; t < labels[i].length; t++) {
        if (labels[i][t] != Sample.IGNORE) {
          losses.add(all[i * (labels[i].length - 1) + t - 1]);
        }
      }
    }
    float[] values = new float[losses.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = losses.get(i);
    }
    return values;
  }

  private long[][] rows(String tensor) {
    long[] shape = batch.info(tensor).shape();
    long[][] rows = new long[(int) shape[0]][(int) shape[1]];
    var longs = batch.data(tensor).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    for (long[] row : rows) {
      longs.get(row);
    }
    return rows;
  }
}
