package io.litoperator.worker.data.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.data.image.Picture;
import io.litoperator.worker.data.image.PictureDecoder;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableTest {
  @TempDir Path folder;

  /** Written by pyarrow with the schema and metadata of Hugging Face's datasets. */
  private static Path published() throws URISyntaxException {
    return Path.of(TableTest.class.getResource("/tables/huggingface.parquet").toURI());
  }

  private static void write(Path file, String query) throws SQLException {
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckdb.createStatement()) {
      statement.execute(
          "COPY (%s) TO '%s' (FORMAT parquet, ROW_GROUP_SIZE 2048)"
              .formatted(query, file.toString().replace("'", "''")));
    }
  }

  @Test
  void rowsAreJsonInWhichPathsStandForPictures() throws Exception {
    try (Table table = Table.open(published())) {
      assertThat(table.size()).isEqualTo(4);
      assertThat(table.columns())
          .containsExactly("id", "image", "images", "conversations", "score", "options");
      assertThat(table.pictureColumns()).containsExactly("image", "images");
      assertThat(table.record(0))
          .hasToString(
              """
              {"id":"red","image":"a/red.png","images":null,\
              "conversations":[{"from":"human","value":"<image>\\nWhat colour?"},\
              {"from":"gpt","value":"It’s red."}],"score":0.5,"options":["a","b"]}""");
      assertThat(table.record(1, List.of("image", "images", "score", "options")))
          .hasToString("{\"image\":null,\"images\":[],\"score\":null,\"options\":null}");
      assertThat(table.record(2, List.of("images", "image")))
          .hasToString("{\"images\":[\"\",\"blue.png\"],\"image\":\"\"}");
    }
  }

  @Test
  void picturesAreTheirBytes() throws Exception {
    try (Table table = Table.open(published())) {
      assertThat(colours(table.pictures(0, "image"))).containsExactly("ff0000");
      assertThat(table.pictures(1, "image")).isEmpty();
      assertThat(table.pictures(1, "images")).isEmpty();
      assertThat(colours(table.pictures(2, "images"))).containsExactly("00ff00", "0000ff");
      assertThatThrownBy(() -> table.pictures(3, "image"))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("huggingface.parquet row 3: column image holds a picture's path");
    }
  }

  @Test
  void aListOfBareBytesIsPictures() throws Exception {
    Path file = folder.resolve("bare.parquet");
    write(file, "SELECT 'ab'::BLOB AS one, ['c'::BLOB, 'de'::BLOB] AS more");
    try (Table table = Table.open(file)) {
      assertThat(table.pictureColumns()).containsExactly("one", "more");
      assertThat(table.record(0)).hasToString("{\"one\":\"\",\"more\":[\"\",\"\"]}");
      assertThat(table.pictures(0, "one")).containsExactly(new byte[] {'a', 'b'});
      assertThat(table.pictures(0, "more"))
          .containsExactly(new byte[] {'c'}, new byte[] {'d', 'e'});
    }
  }

  @Test
  void shardsFollowOneAnotherByName() throws Exception {
    for (int shard : new int[] {1, 0, 2}) {
      int rows = shard == 1 ? 0 : 5000;
      write(
          folder.resolve("train-%d.parquet".formatted(shard)),
          "SELECT range + %d AS n FROM range(%d)".formatted(shard * 10_000, rows));
    }
    write(folder.resolve("validation-0.parquet"), "SELECT 7 AS n");
    try (Table table = Table.open(folder.resolve("train-*.parquet"))) {
      assertThat(table.size()).isEqualTo(10_000);
      assertThat(table.record(4999).get("n").intValue()).isEqualTo(4999);
      assertThat(table.record(5000).get("n").intValue()).isEqualTo(20_000);
      assertThat(table.file(5000)).isEqualTo(folder.resolve("train-2.parquet"));
      assertThat(table.rowInFile(5001)).isEqualTo(1);
      List<Integer> visited = new ArrayList<>();
      table.forEach(
          List.of("n"), (row, json) -> visited.add(row + 1000 * json.get("n").intValue()));
      assertThat(visited).hasSize(10_000).element(9999).isEqualTo(9999 + 1000 * 24_999);
      assertThatThrownBy(() -> table.record(10_000)).isInstanceOf(IndexOutOfBoundsException.class);
    }
    try (Table table = Table.open(folder)) {
      assertThat(table.size()).isEqualTo(10_001);
    }
  }

  @Test
  void threadsReadAtTheSameTime() throws Exception {
    Path file = folder.resolve("a.parquet");
    write(file, "SELECT range AS n FROM range(20000)");
    try (Table table = Table.open(file)) {
      assertThat(
              IntStream.range(0, 200)
                  .parallel()
                  .map(i -> table.record(i * 100).get("n").intValue() - i * 100)
                  .boxed())
          .hasSize(200)
          .containsOnly(0);
    }
  }

  @Test
  void namesAreNeitherPatternsNorSql() throws Exception {
    Path file = folder.resolve("it's [1]*?.parquet");
    write(folder.resolve("plain.parquet"), "SELECT 'x' AS \"a \"\"b\"");
    Files.move(folder.resolve("plain.parquet"), file);
    try (Table table = Table.open(file)) {
      assertThat(table.record(0)).hasToString("{\"a \\\"b\":\"x\"}");
    }
  }

  @Test
  void aDiskThatFailsIsAStorageFaultAndAFileThatIsCutIsNot() throws Exception {
    // As DuckDB says it.
    SQLException disk =
        new SQLException("IO Error: Could not read from file \"a\": Input/output error");
    assertThat(Database.failure("a", disk).exitCode()).isEqualTo(ExitCode.STORAGE);

    Path whole = folder.resolve("whole.parquet");
    write(whole, "SELECT range AS n, repeat('x', 99) || range AS text FROM range(9000)");
    byte[] bytes = Files.readAllBytes(whole);
    byte[] footer = Arrays.copyOfRange(bytes, bytes.length - 5_000, bytes.length);
    Path cut = folder.resolve("cut.parquet");
    Files.write(cut, footer);
    for (int kept : new int[] {bytes.length - 5_000, 100, 3}) {
      Path head = Files.write(folder.resolve(kept + ".parquet"), Arrays.copyOf(bytes, kept));
      assertIsBadData(head);
    }
    assertIsBadData(cut);
  }

  private static void assertIsBadData(Path file) {
    assertThatThrownBy(
            () -> {
              try (Table table = Table.open(file)) {
                table.record(0);
              }
            })
        .isInstanceOfSatisfying(
            Failure.class,
            f -> assertThat(f.exitCode()).as(f.getMessage()).isEqualTo(ExitCode.BAD_DATA));
  }

  @Test
  void saysWhatCannotBeRead() throws IOException {
    Path text = Files.writeString(folder.resolve("text.parquet"), "no table");
    assertThatThrownBy(() -> Table.open(text))
        .isInstanceOf(Failure.class)
        .hasMessageContaining(text + " cannot be read as Parquet")
        .extracting(e -> ((Failure) e).exitCode())
        .isEqualTo(ExitCode.BAD_DATA);
    assertThatThrownBy(() -> Table.open(folder.resolve("none-*.parquet")))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("There are no files")
        .extracting(e -> ((Failure) e).exitCode())
        .isEqualTo(ExitCode.INPUT_MISSING);
    assertThatThrownBy(() -> Table.open(folder.resolve("gone.parquet")))
        .hasMessageContaining("gone.parquet is not there or cannot be read");
    assertThatThrownBy(() -> Table.open(folder.resolve("half[-*.parquet")))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("half[-*.parquet is not there or cannot be read");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(() -> Table.open(empty))
        .hasMessageContaining("There are no files " + empty + "/*.parquet");
  }

  @Test
  void namesTheColumnsThereAre() throws Exception {
    try (Table table = Table.open(published())) {
      assertThatThrownBy(() -> table.record(0, List.of("question")))
          .hasMessageContaining("has no column 'question'; it has id, image, images");
    }
  }

  private static List<String> colours(List<byte[]> pictures) {
    return pictures.stream()
        .map(bytes -> PictureDecoder.decode("a picture", bytes))
        .map(TableTest::firstPixel)
        .toList();
  }

  private static String firstPixel(Picture picture) {
    return "%02x%02x%02x".formatted(picture.rgb()[0], picture.rgb()[1], picture.rgb()[2]);
  }
}
