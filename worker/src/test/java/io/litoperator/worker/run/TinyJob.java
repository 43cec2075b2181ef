package io.litoperator.worker.run;

import io.litoperator.api.job.Venue;
import io.litoperator.worker.data.labels.Templates;
import io.litoperator.worker.plan.Overrides;
import io.litoperator.worker.plan.Planner;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.job.JobFile;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.commons.text.StringSubstitutor;

/**
 * A whole job of seconds: pictures of one coloured square, conversations about its colour and
 * place, a model of some tens of thousands of weights, both stages and three evaluation tasks.
 *
 * @param folder has the model, the data and {@code job.yaml}
 * @param settings what replaces the job file's placeholders
 */
record TinyJob(Path folder, Map<String, String> settings) {
  static final int PRETRAIN_STEPS = 20;
  static final int FINETUNE_STEPS = 30;

  private static final String EVALUATE =
      """
      evaluate:
          tasks:
            - {name: answers, data: answers.jsonl, images: pictures, maxNewTokens: 4}
            - {name: pope, data: pope.jsonl, images: pictures, maxNewTokens: 4}
            - {name: visualContribution, data: answers.jsonl, images: pictures}
            - {name: heldOutLoss, data: finetune.json, images: pictures}
          "on": [${on}]""";

  private static final int SIDE = 24;
  private static final List<String> COLORS = List.of("red", "green", "blue", "yellow");
  private static final List<Color> PAINTS =
      List.of(Color.RED, Color.GREEN, Color.BLUE, Color.YELLOW);
  private static final List<String> PLACES = List.of("top", "bottom", "left", "right");
  private static final int[][] CORNERS = {{8, 0}, {8, 16}, {0, 8}, {16, 8}};

  /** Makes the folder. */
  static TinyJob in(Path folder) {
    try {
      copyModel(folder);
      paint(Files.createDirectories(folder.resolve("pictures")));
      Files.write(folder.resolve("pretrain.json"), array(captions()));
      Files.write(folder.resolve("finetune.json"), array(conversations()));
      Files.write(folder.resolve("answers.jsonl"), answers());
      Files.write(folder.resolve("pope.jsonl"), pope());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new TinyJob(
        folder,
        Map.ofEntries(
            Map.entry("precision", "fp32"),
            Map.entry("maxLength", "128"),
            Map.entry("maxRows", ""),
            Map.entry("pretrainSteps", String.valueOf(PRETRAIN_STEPS)),
            Map.entry("finetuneSteps", String.valueOf(FINETUNE_STEPS)),
            Map.entry("microBatchSize", "2"),
            Map.entry("normalization", "globalTokens"),
            Map.entry("finetuneOptimizer", "learningRate: 3e-3, clipNorm: 1.0"),
            Map.entry("pretrainParts", "visionTower, connector, languageModel"),
            Map.entry("lora", ""),
            Map.entry("evaluate", EVALUATE),
            Map.entry("on", "end"),
            Map.entry("every", "5"),
            Map.entry("keep", "4"),
            Map.entry("activationCheckpointing", "none"),
            Map.entry("sharding", "none"),
            Map.entry("ranks", "2"),
            Map.entry("device", "cpu"),
            Map.entry("maxRestarts", "20"),
            Map.entry("hangTimeout", "20m")));
  }

  TinyJob with(String name, Object value) {
    Map<String, String> changed = new TreeMap<>(settings);
    if (changed.put(name, value.toString()) == null) {
      throw new IllegalArgumentException("no such setting: " + name);
    }
    return new TinyJob(folder, changed);
  }

  /** For what is only trained: to answer all questions takes as long as half of the steps. */
  TinyJob withoutEvaluation() {
    return with("evaluate", "");
  }

  /** The job as the command line would plan it. */
  RunPlan plan(Path output) {
    try (var template = TinyJob.class.getResourceAsStream("tiny/job.yaml")) {
      String yaml = new String(template.readAllBytes());
      Path file = folder.resolve("job.yaml");
      Files.writeString(file, StringSubstitutor.replace(yaml, settings));
      return new Planner(name -> Templates.paper())
          .plan(
              JobFile.read(file, Venue.MACHINE),
              folder,
              new Overrides(Optional.empty(), OptionalLong.empty(), Optional.of(output)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its model: configurations and a tokenizer. */
  static void copyModel(Path folder) throws IOException {
    Path source;
    try {
      source = Path.of(TinyJob.class.getResource("tiny").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = folder.resolve(source.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  private static void paint(Path pictures) throws IOException {
    for (int color = 0; color < COLORS.size(); color++) {
      for (int place = 0; place < PLACES.size(); place++) {
        var picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        Graphics2D brush = picture.createGraphics();
        brush.setColor(PAINTS.get(color));
        brush.fillRect(CORNERS[place][0], CORNERS[place][1], SIDE / 3, SIDE / 3);
        brush.dispose();
        ImageIO.write(picture, "png", pictures.resolve(picture(color, place)).toFile());
      }
    }
  }

  private static String picture(int color, int place) {
    return COLORS.get(color) + "-" + PLACES.get(place) + ".png";
  }

  /** A number that does not divide by the batch, so that every epoch ends in a smaller step. */
  private static List<String> captions() {
    List<String> samples = new ArrayList<>();
    for (int i = 0; i < 45; i++) {
      int color = i % 4;
      int place = i / 4 % 4;
      samples.add(
          pictured(
              "caption-" + i,
              picture(color, place),
              turn("<image>", COLORS.get(color) + " square " + PLACES.get(place))));
    }
    return samples;
  }

  private static List<String> conversations() {
    List<String> samples = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String color = COLORS.get(i % 4);
      String place = PLACES.get(i / 4 % 4);
      String first =
          turn(
              "<image>\\nWhat color is the square?\\nAnswer the question using a single word or phrase.",
              color);
      String second = turn("Where is the " + color + " square?", place);
      String turns = i % 3 == 0 ? first : first + ", " + second;
      samples.add(pictured("talk-" + i, picture(i % 4, i / 4 % 4), turns));
    }
    for (int i = 0; i < 8; i++) {
      samples.add(
          "{\"id\": \"text-%d\", \"conversations\": [%s]}".formatted(i, turn("Hello", "Good day")));
    }
    return samples;
  }

  private static String pictured(String id, String picture, String turns) {
    return "{\"id\": \"%s\", \"image\": \"%s\", \"conversations\": [%s]}"
        .formatted(id, picture, turns);
  }

  private static String turn(String human, String gpt) {
    return "{\"from\": \"human\", \"value\": \"%s\"}, {\"from\": \"gpt\", \"value\": \"%s\"}"
        .formatted(human, gpt);
  }

  private static List<String> array(List<String> samples) {
    return List.of("[", String.join(",\n", samples), "]");
  }

  private static List<String> answers() {
    List<String> questions = new ArrayList<>();
    for (int i = 0; i < 80; i++) {
      int picture = i % 16;
      questions.add(
          question(picture, "color", "What color is the square?", COLORS.get(picture % 4)));
      questions.add(question(picture, "where", "Where is the square?", PLACES.get(picture / 4)));
    }
    return questions;
  }

  private static List<String> pope() {
    List<String> questions = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      String asked = "Is there any " + COLORS.get(i % 3) + " square?";
      questions.add(question(i, "exist", asked, i % 3 == i % 4 ? "yes" : "no"));
    }
    return questions;
  }

  private static String question(int picture, String kind, String question, String answer) {
    return "{\"image\": \"%s\", \"kind\": \"%s\", \"question\": \"%s\", \"answer\": \"%s\"}"
        .formatted(picture(picture % 4, picture / 4), kind, question, answer);
  }
}
