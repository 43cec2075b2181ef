package io.litoperator.worker.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.safetensors.Safetensors;
import io.litoperator.worker.safetensors.Weights;
import io.litoperator.worker.torch.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A model and batch of {@code fixtures/steps}, and what the reference computes of them. */
public record ModelFixture(
    String name,
    ModelDescription description,
    Safetensors batch,
    Safetensors expected,
    JsonNode index) {

  public static ModelFixture open(String name) {
    Path steps = Fixtures.root().resolve("steps").resolve(name);
    try {
      return new ModelFixture(
          name,
          ModelDescription.ofModel(modelFolder(name)),
          Safetensors.open(steps.resolve("batch.safetensors")),
          Safetensors.open(steps.resolve("expected.safetensors")),
          new ObjectMapper().readTree(steps.resolve("index.json").toFile()));
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
    Parameters parameters = new Parameters(Layout.of(description.config()), type);
    Path folder = modelFolder(name);
    new WeightLoader(parameters).loadModel(Weights.open(folder), folder.toString());
    return new VisionLanguageModel(description.config(), parameters);
  }

  /** The batch's three samples; the third has no picture. */
  public List<Sample> samples(String objective) {
    long[][] ids = rows("input_ids");
    long[][] labels = rows("labels_" + objective);
    long[][] attention = rows("attention_mask");
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < ids.length; i++) {
      samples.add(sample(i, ids[i], labels[i], Arrays.stream(attention[i]).sum()));
    }
    return samples;
  }

  private Sample sample(int index, long[] ids, long[] labels, long attended) {
    int image = description.config().imageToken();
    boolean seen = Arrays.stream(ids).anyMatch(id -> id == image);
    int length = (int) attended - (seen ? description.config().imageTokens() - 1 : 0);
    int[] tokens = new int[length];
    Fate[] fates = new Fate[length];
    for (int t = 0; t < length; t++) {
      tokens[t] = ids[t] == image ? Sample.IMAGE : (int) ids[t];
      fates[t] = labels[t] == Sample.IGNORE ? Fate.MASKED : Fate.ANSWER;
    }
    return new Sample("sample " + index, tokens, fates, seen ? List.of(picture(index)) : List.of());
  }

  Pixels picture(int index) {
    float[] all = batch.floats("pixel_values");
    int side = description.config().vision().imageSize();
    int size = 3 * side * side;
    return new Pixels(side, side, Arrays.copyOfRange(all, index * size, (index + 1) * size));
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
