package io.litoperator.worker.data.annotations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnnotationFileTest {
  private static final String PICTURED =
      """
      {"id": "a", "image": "x/1.png", "conversations": [
        {"from": "human", "value": "<image>\\nWhat  is it?"}, {"from": "gpt", "value": "A „cat“ 😀."}]}""";
  private static final String TEXT =
      """
      {"conversations": [{"value": "Hi", "from": "human"}, {"from": "gpt", "value": "Hello"}], "id": 7}""";

  @TempDir Path folder;

  static List<Arguments> layouts() {
    String line = PICTURED.replace("\n", "");
    return List.of(
        Arguments.of("array", "[\n" + PICTURED + ",\n" + TEXT + "\n]\n", List.of(2, 4)),
        Arguments.of("array on one line", "[" + line + "," + TEXT + "]", List.of(1, 1)),
        Arguments.of(
            "array after a byte order mark", "\uFEFF[" + line + "," + TEXT + "]", List.of(1, 1)),
        Arguments.of("JSON lines", line + "\n" + TEXT + "\n", List.of(1, 2)),
        Arguments.of("messages", messages(line) + "\n" + messages(TEXT), List.of(1, 2)),
        Arguments.of("JSON lines with CRLF", line + "\r\n" + TEXT, List.of(1, 2)),
        Arguments.of("JSON lines with a blank one", "\n" + line + "\n\n" + TEXT, List.of(2, 4)));
  }

  private static String messages(String sample) {
    return sample
        .replace("conversations", "messages")
        .replace("from", "role")
        .replace("value", "content")
        .replace("human", "user")
        .replace("gpt", "assistant");
  }

  @ParameterizedTest(name = "separated by {0}")
  @ValueSource(strings = {",", "\n"})
  void samplesWithListsOfPicturesAreFound(String separator) throws IOException {
    String two = PICTURED.replace("\"x/1.png\"", "[\"x/1.png\", \"x/2.png\"]").replace("\n", "");
    String none = TEXT.replace("\"id\"", "\"image\": [], \"id\"");
    String samples = String.join(separator, two.replace("<image>", "<image><image>"), none, TEXT);
    String content = separator.equals(",") ? "[" + samples + "]" : samples;
    Path path = Files.writeString(folder.resolve("data.json"), content);
    try (Annotations file = Annotations.open(path, folder)) {
      assertThat(file.size()).isEqualTo(3);
      assertThat(file.modalityLength(0)).isPositive();
      assertThat(file.modalityLength(1)).isEqualTo(-2);
      assertThat(file.modalityLength(2)).isEqualTo(-2);
      assertThat(file.read(0).annotation().images()).containsExactly("x/1.png", "x/2.png");
      assertThat(file.read(1).annotation().images()).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layouts")
  void samplesAreFoundAndRead(String layout, String content, List<Integer> lines)
      throws IOException {
    Path path = Files.writeString(folder.resolve("data.json"), content);
    try (Annotations file = Annotations.open(path, folder)) {
      assertThat(file.size()).isEqualTo(2);
      assertThat(file.read(1).annotation())
          .isEqualTo(
              new Annotation(
                  new Origin(path, "line " + lines.get(1) + ", sample 1", 1),
                  "7",
                  List.of(),
                  List.of(new Exchange("Hi", "Hello"))));
      assertThat(file.read(0).annotation())
          .isEqualTo(
              new Annotation(
                  new Origin(path, "line " + lines.get(0) + ", sample 0", 0),
                  "a",
                  List.of("x/1.png"),
                  List.of(new Exchange("<image>\nWhat  is it?", "A „cat“ 😀."))));
      assertThat(file.modalityLength(0)).isEqualTo(7);
      assertThat(file.modalityLength(1)).isEqualTo(-2);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "list not closed | [\\n{} | line 2",
        "list without a comma | [{},\\n{}\\n{}] | line 3",
        "line not closed | {}\\n{\"id\": 1\\n{} | line 2",
        "line cut in a text | {}\\n{\"id\": \"ab | line 2",
        "line that is no JSON | {}\\n{}\\nyes | line 3",
        "sample that is no object | [{}, 3] | line 1: sample 1 is not a JSON object",
        "nothing at all | `` | holds no samples",
        "empty list | [] | holds no samples"
      })
  void brokenFilesAreRefusedWithTheLine(String name, String content, String sentence)
      throws IOException {
    Path path = folder.resolve("data.json");
    Files.writeString(path, content.replace("\\n", "\n"));
    assertThatThrownBy(() -> Annotations.open(path, folder))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_DATA))
        .hasMessageContaining(path.toString())
        .hasMessageContaining(sentence);
  }

  @Test
  void textThatIsNotUtf8IsRefused() throws IOException {
    Path path = folder.resolve("data.json");
    Files.write(path, ("[" + TEXT + "]").getBytes(StandardCharsets.UTF_16));
    assertThatThrownBy(() -> Annotations.open(path, folder)).hasMessageContaining("not UTF-8");
  }

  @Test
  void missingFileIsInputMissing() {
    assertThatThrownBy(() -> Annotations.open(folder.resolve("none.json"), folder))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INPUT_MISSING))
        .hasMessageContaining("none.json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[\"1.png\"] | 2",
        "[\"1.png\", \"2.png\"] | 2",
        "[] | -2",
        "null | -2",
        "[[{}], {\"a\": [1]}] | 2"
      })
  void listsOfPicturesDoNotEndTheirSample(String images, int length) throws IOException {
    String listed = "{\"image\": %s, %s".formatted(images, TEXT.substring(1));
    for (String content : List.of(listed + "\n" + TEXT, "[" + listed + "," + TEXT + "]")) {
      Path path = Files.writeString(folder.resolve("data.json"), content);
      try (Annotations file = Annotations.open(path, folder)) {
        assertThat(file.size()).isEqualTo(2);
        assertThat(file.modalityLength(0)).isEqualTo(length);
        assertThat(file.modalityLength(1)).isEqualTo(-2);
      }
    }
  }

  @Test
  void aFolderWithoutShardsIsToldAsSuch() {
    assertThatThrownBy(() -> Annotations.open(folder, folder))
        .hasMessageContaining(folder + " holds no .parquet and no .tar files");
  }

  @Test
  void aChangedFileIsNoticed() throws IOException {
    Path path = Files.writeString(folder.resolve("data.json"), "[" + TEXT + "]");
    try (Annotations file = Annotations.open(path, folder)) {
      Files.writeString(path, "x".repeat(TEXT.length() + 2));
      assertThatThrownBy(() -> file.read(0)).hasMessageContaining("line 1, sample 0");
    }
  }

  /** However long the samples are, 16 bytes of each are held. */
  @Test
  void largeFilesAreIndexedNotHeld() throws IOException {
    Path path = folder.resolve("large.jsonl");
    int samples = 25_000;
    String words = "word ".repeat(400);
    try (BufferedWriter writer = Files.newBufferedWriter(path)) {
      for (int i = 0; i < samples; i++) {
        writer.write(
            """
            {"id": %d, "conversations": [{"from": "human", "value": "%s"}, {"from": "gpt", "value": "%d"}]}
            """
                .formatted(i, words, i));
      }
    }
    assertThat(Files.size(path)).isGreaterThan(50_000_000);
    AnnotationIndex index;
    try (var in = Files.newInputStream(path)) {
      index = AnnotationIndex.of(path, in, Files.size(path));
    }
    assertThat(index.offsets()).hasSize(samples + 1);
    assertThat(index.lines()).hasSize(samples);
    assertThat(index.modalityLengths()).hasSize(samples).containsOnly(-401);
    try (Annotations file = Annotations.open(path, folder)) {
      boolean right =
          IntStream.range(0, 2000)
              .parallel()
              .map(i -> (i * 7919) % samples)
              .allMatch(i -> file.read(i).annotation().exchanges().get(0).answer().equals("" + i));
      assertThat(right).as("samples read by several threads at once").isTrue();
    }
  }
}
