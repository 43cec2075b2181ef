package io.litoperator.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.examples.quickstart.Quickstart.Sizes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartFolderTest {
  private static final Path ARTWORK = Path.of(System.getProperty("artwork"));
  private static final Sizes SMALL = new Sizes(20, 10, 2, 4, 3);

  @TempDir Path root;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @BeforeEach
  void copyConfig() throws IOException {
    Path tower = Files.createDirectories(root.resolve("model/vision-tower"));
    Files.copy(Path.of("quickstart/model/vision-tower/config.json"), tower.resolve("config.json"));
  }

  @Test
  void writesEveryEntryAndItsPicture() throws Exception {
    generate(ARTWORK, 1);
    ObjectMapper mapper = new ObjectMapper();
    JsonNode pretrain = mapper.readTree(root.resolve("data/pretrain.json").toFile());
    JsonNode finetune = mapper.readTree(root.resolve("data/finetune.json").toFile());
    assertThat(pretrain).hasSize(20).allSatisfy(this::assertHasPicture);
    assertThat(finetune).hasSize(10).allSatisfy(this::assertHasPicture);
    assertThat(finetune.get(0).fieldNames())
        .toIterable()
        .containsExactly("id", "image", "conversations");
    for (Map.Entry<String, Integer> file :
        Map.of("answers.jsonl", 12, "pope.jsonl", 4, "chair.jsonl", 3, "questions.jsonl", 16)
            .entrySet()) {
      List<String> lines = Files.readAllLines(root.resolve("data").resolve(file.getKey()));
      assertThat(lines).hasSize(file.getValue());
      for (String line : lines) {
        assertHasPicture(mapper.readTree(line));
        assertThat(mapper.readTree(line).has("objects"))
            .isEqualTo(file.getKey().equals("chair.jsonl"));
      }
    }
    assertThat(printed.toString(UTF_8)).contains("49 of 49 pictures");
  }

  private void assertHasPicture(JsonNode entry) {
    assertThat(root.resolve("data").resolve(entry.get("image").textValue())).isNotEmptyFile();
  }

  @Test
  void sameSeedSameBytes() throws Exception {
    generate(ARTWORK, 1);
    Map<String, String> first = files();
    Files.delete(root.resolve("data/stamp.txt"));
    generate(ARTWORK, 1);
    assertThat(files()).isEqualTo(first).hasSize(49 + 6 + 1 + 2);
  }

  @Test
  void leavesFinishedDataAlone() throws Exception {
    generate(ARTWORK, 1);
    Path picture = root.resolve("data/pretrain/00000.png");
    Files.writeString(picture, "untouched");
    generate(ARTWORK, 1);
    assertThat(picture).hasContent("untouched");
  }

  @Test
  void replacesDataOfAnotherSeed() throws Exception {
    generate(ARTWORK, 1);
    Map<String, String> first = files();
    Path stale = Files.writeString(root.resolve("data/pretrain/stale.png"), "stale");
    generate(ARTWORK, 2);
    assertThat(stale).doesNotExist();
    assertThat(files())
        .hasSameSizeAs(first)
        .doesNotContainEntry("data/pretrain.json", first.get("data/pretrain.json"));
  }

  @Test
  void makesLostWeightsAgain() throws Exception {
    generate(ARTWORK, 1);
    Path weights = root.resolve("model/vision-tower/model.safetensors");
    Files.delete(weights);
    generate(ARTWORK, 1);
    assertThat(weights).isNotEmptyFile();
  }

  @Test
  void leavesNoStampOnFailure() {
    assertThatThrownBy(() -> generate(root.resolve("missing.aar"), 1))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("missing.aar");
    assertThat(root.resolve("data/stamp.txt")).doesNotExist();
  }

  private void generate(Path artwork, long seed) throws Exception {
    new QuickstartFolder(root, new PrintStream(printed, true, UTF_8))
        .generate(artwork, SMALL, seed);
  }

  private Map<String, String> files() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = root.relativize(file).toString();
        contents.put(name, HexFormat.of().formatHex(Files.readAllBytes(file)));
      }
    }
    return contents;
  }
}
