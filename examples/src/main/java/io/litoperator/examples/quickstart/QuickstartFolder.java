package io.litoperator.examples.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.examples.quickstart.Quickstart.Sizes;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * The quickstart's files: {@code data/}, made from nothing, and the vision tower's weights, made
 * for the {@code config.json} beside them.
 */
final class QuickstartFolder {
  /** Raised when the same seed would give other files. */
  private static final int GENERATOR = 2;

  private static final String TOWER = "model/vision-tower";

  private final Path root;
  private final Path data;
  private final PrintStream out;

  /**
   * @param root has {@code model/vision-tower/config.json}
   * @param out gets the progress
   */
  QuickstartFolder(Path root, PrintStream out) {
    this.root = root;
    this.data = root.resolve("data");
    this.out = out;
  }

  /**
   * Makes all files, unless an earlier call with the same arguments and generator did.
   *
   * @param artwork the AAR with the emoji
   */
  void generate(Path artwork, Sizes sizes, long seed) throws IOException, InterruptedException {
    Path weights = root.resolve(TOWER).resolve("model.safetensors");
    Path stamp = data.resolve("stamp.txt");
    String made = "generator %d, seed %d, %s\n".formatted(GENERATOR, seed, sizes);
    if (Files.exists(weights) && Files.exists(stamp) && Files.readString(stamp).equals(made)) {
      return;
    }
    out.println("quickstart: making " + data + " and the vision tower's weights");
    Files.deleteIfExists(stamp);
    deleteData();
    List<Emoji> objects = Emoji.used();
    Quickstart quickstart =
        Quickstart.draw(sizes, seed, objects.stream().map(Emoji::name).toList());
    writeEntries(quickstart);
    paint(quickstart.pictures(), new Painter(Artwork.read(artwork, objects)));
    writeWeights(weights, seed);
    Files.writeString(stamp, made);
  }

  private void deleteData() throws IOException {
    if (Files.exists(data)) {
      try (Stream<Path> files = Files.walk(data)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private void writeEntries(Quickstart quickstart) throws IOException {
    Files.createDirectories(data);
    writeArray("pretrain.json", quickstart.pretrain());
    writeArray("finetune.json", quickstart.finetune());
    writeLines("answers.jsonl", quickstart.answers());
    writeLines("pope.jsonl", quickstart.pope());
    writeLines("chair.jsonl", quickstart.chair());
    writeLines(
        "questions.jsonl",
        Stream.concat(quickstart.answers().stream(), quickstart.pope().stream()).toList());
  }

  private void writeArray(String file, List<? extends Entry> entries) throws IOException {
    String lines = String.join(",\n", json(entries));
    Files.writeString(data.resolve(file), "[\n" + lines + "\n]\n");
  }

  private void writeLines(String file, List<? extends Entry> entries) throws IOException {
    Files.write(data.resolve(file), json(entries));
  }

  private static List<String> json(List<? extends Entry> entries) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    List<String> lines = new ArrayList<>();
    for (Entry entry : entries) {
      lines.add(mapper.writeValueAsString(entry));
    }
    return lines;
  }

  private void paint(List<Picture> pictures, Painter painter)
      throws IOException, InterruptedException {
    for (Picture picture : pictures) {
      Files.createDirectories(data.resolve(picture.path()).getParent());
    }
    Progress progress = new Progress(out, "pictures", pictures.size());
    int threads = Runtime.getRuntime().availableProcessors();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Void>> shares = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int first = i;
        shares.add(() -> paintEvery(threads, first, pictures, painter, progress));
      }
      for (Future<Void> share : pool.invokeAll(shares)) {
        share.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("could not write the pictures: " + e.getCause(), e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  private Void paintEvery(
      int stride, int first, List<Picture> pictures, Painter painter, Progress progress)
      throws IOException {
    for (int i = first; i < pictures.size(); i += stride) {
      Picture picture = pictures.get(i);
      BufferedImage pixels = painter.paint(picture.scene(), new Random(picture.seed()));
      Files.write(data.resolve(picture.path()), Png.encode(pixels));
      progress.advance();
    }
    return null;
  }

  private void writeWeights(Path file, long seed) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    Path config = file.resolveSibling("config.json");
    Safetensors.write(file, VisionTower.initialise(mapper.readTree(config.toFile()), seed));
  }
}
