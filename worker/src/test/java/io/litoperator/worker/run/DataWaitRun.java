package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.api.job.Venue;
import io.litoperator.worker.data.image.ImageProcessor;
import io.litoperator.worker.data.labels.Templates;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import io.litoperator.worker.plan.Overrides;
import io.litoperator.worker.plan.Planner;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.job.JobFile;
import io.litoperator.worker.report.Event;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long steps wait for JPEG pictures, and what kept features save: two epochs of a small decoder
 * behind a tower of 12×384 at 336 pixels, on one rank. A measurement, which no build runs; {@code
 * docs/bench.md} has what it said.
 */
class DataWaitRun {
  private static final int PICTURES = 64;
  private static final int BATCH = 8;
  private static final int STEPS = PICTURES / BATCH;
  private static final int WIDTH = 640;
  private static final int HEIGHT = 480;
  private static final int SIDE = 336;

  @TempDir Path folder;

  @Test
  void epochs() throws IOException {
    makeModel();
    makeData();
    System.out.println(decoding());
    System.out.println("| features | epoch | s/step | data | forward | backward | share of data |");
    show("none", run("computed", ""));
    show("kept", run("kept", "data: {features: features}"));
    show("read", run("read", "data: {features: features}"));
  }

  /** Pictures that one thread prepares in a second. */
  private String decoding() {
    ImageProcessor processor =
        ImageProcessor.open(folder.resolve("vision-tower"), ImageAspect.PAD, List.of());
    IntStream.range(0, PICTURES).forEach(i -> processor.process(picture(i)));
    long start = System.nanoTime();
    IntStream.range(0, PICTURES).forEach(i -> processor.process(picture(i)));
    return "one thread: %.0f pictures/s".formatted(PICTURES / ((System.nanoTime() - start) * 1e-9));
  }

  private List<Event.Step> run(String name, String data) throws IOException {
    Path file = folder.resolve(name + ".yaml");
    Files.writeString(
        file,
        """
        apiVersion: lit-operator.io/v1alpha1
        kind: LitTrainingJob
        metadata: {name: %s}
        spec:
          model:
            languageModel: {source: language-model}
            visionTower: {source: vision-tower, featureLayer: -2}
            images: {aspect: pad}
            maxLength: 128
          finetune:
            dataset: [{annotations: data.json, images: pictures}]
            trainable: [connector, languageModel]
            epochs: 2
            globalBatchSize: %d
          %s
          precision: fp32
          topology: {ranksPerNode: 1, device: cpu}
        """
            .formatted(name, BATCH, data));
    Path output = folder.resolve(name);
    RunPlan plan =
        new Planner(any -> Templates.paper())
            .plan(
                JobFile.read(file, Venue.MACHINE),
                folder,
                new Overrides(Optional.empty(), OptionalLong.empty(), Optional.of(output)));
    List<Event.Step> steps = Collections.synchronizedList(new ArrayList<>());
    ExitCode code =
        new LocalRun(
                plan,
                TinyRun.options(output, List.of(), 1, false),
                event -> {
                  if (event instanceof Event.Step step) {
                    steps.add(step);
                  }
                })
            .run();
    assertThat(code).isEqualTo(ExitCode.DONE);
    assertThat(steps).hasSize(2 * STEPS);
    return List.copyOf(steps);
  }

  /** Without each run's first step, for which torch makes its kernels. */
  private static void show(String features, List<Event.Step> steps) {
    show(features, 1, steps.subList(1, STEPS));
    show(features, 2, steps.subList(STEPS, 2 * STEPS));
  }

  private static void show(String features, int epoch, List<Event.Step> steps) {
    double all = median(steps, DataWaitRun::seconds);
    System.out.printf(
        "| %s | %d | %.3f | %.4f | %.3f | %.3f | %.2f %% |%n",
        features,
        epoch,
        all,
        median(steps, step -> step.times().data()),
        median(steps, step -> step.times().forward()),
        median(steps, step -> step.times().backward()),
        100
            * steps.stream().mapToDouble(step -> step.times().data()).sum()
            / steps.stream().mapToDouble(DataWaitRun::seconds).sum());
  }

  private static double seconds(Event.Step step) {
    Event.Times times = step.times();
    return times.data()
        + times.forward()
        + times.backward()
        + times.communication()
        + times.optimizer()
        + times.device()
        + times.rest();
  }

  private static double median(List<Event.Step> steps, ToDoubleFunction<Event.Step> of) {
    double[] sorted = steps.stream().mapToDouble(of).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private void makeModel() throws IOException {
    TinyJob.copyModel(folder);
    change(
        "vision-tower/config.json",
        Map.of(
            "image_size", SIDE,
            "patch_size", 14,
            "hidden_size", 384,
            "intermediate_size", 1536,
            "num_hidden_layers", 12,
            "num_attention_heads", 6));
    change(
        "vision-tower/preprocessor_config.json",
        Map.of(
            "size", Map.of("shortest_edge", SIDE),
            "crop_size", Map.of("height", SIDE, "width", SIDE)));
    change(
        "language-model/config.json",
        Map.of(
            "hidden_size", 256,
            "intermediate_size", 512,
            "num_hidden_layers", 4,
            "max_position_embeddings", 1024));
  }

  private void change(String file, Map<String, Object> fields) throws IOException {
    JsonMapper json = new JsonMapper();
    ObjectNode tree = (ObjectNode) json.readTree(folder.resolve(file).toFile());
    fields.forEach((name, value) -> tree.set(name, json.valueToTree(value)));
    json.writeValue(folder.resolve(file).toFile(), tree);
  }

  private void makeData() throws IOException {
    Files.createDirectories(folder.resolve("pictures"));
    List<String> samples = new ArrayList<>();
    for (int i = 0; i < PICTURES; i++) {
      ImageIO.write(drawn(i), "jpg", picture(i).toFile());
      samples.add(
          """
          {"id": "%d", "image": "%s", "conversations": [
            {"from": "human", "value": "<image>\\nWhat color is the square?"},
            {"from": "gpt", "value": "red"}]}"""
              .formatted(i, picture(i).getFileName()));
    }
    Files.writeString(folder.resolve("data.json"), samples.toString());
  }

  private Path picture(int i) {
    return folder.resolve("pictures").resolve(i + ".jpg");
  }

  /** Slopes and noise, of which a JPEG has some 100 kB, as a photograph has. */
  private static BufferedImage drawn(int seed) {
    Random random = new Random(seed);
    BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        int grey = (x + 2 * y + seed * 7) % 200 + random.nextInt(40);
        picture.setRGB(x, y, grey << 16 | (255 - grey) << 8 | (grey + x) % 256);
      }
    }
    return picture;
  }
}
