package io.litoperator.worker.data.annotations;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.data.image.PictureDecoder;
import io.litoperator.worker.data.image.StoredPicture;
import io.litoperator.worker.failure.Failure;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnnotationTableTest {
  private static final String TURNS =
      "[{'from': 'human', 'value': '<image>\nWhat is it?'}, {'from': 'gpt', 'value': 'A cat.'}]";

  @TempDir Path folder;

  private Path write(String name, String query) throws SQLException {
    Path file = folder.resolve(name);
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckdb.createStatement()) {
      statement.execute("COPY (%s) TO '%s' (FORMAT parquet)".formatted(query, file));
    }
    return file;
  }

  private static Path published() throws URISyntaxException {
    return Path.of(AnnotationTableTest.class.getResource("/tables/huggingface.parquet").toURI());
  }

  @Test
  void samplesHaveTheirEmbeddedPictures() throws Exception {
    try (Annotations samples = Annotations.open(published(), folder)) {
      assertThat(samples.size()).isEqualTo(4);
      assertThat(samples.needsImages()).isFalse();
      StoredSample two = samples.read(2);
      Annotation annotation = two.annotation();
      assertThat(annotation.id()).isEqualTo("two");
      assertThat(annotation.place()).endsWith("huggingface.parquet row 2 (id two)");
      assertThat(annotation.exchanges())
          .containsExactly(new Exchange("<image><image>", "Green, blue"));
      assertThat(two.pictures(annotation))
          .extracting(picture -> PictureDecoder.decode(picture).rgb()[2])
          .containsExactly((byte) 0, (byte) 255);
      assertThat(two.pictures(annotation))
          .extracting(StoredPicture::name)
          .allMatch(name -> name.contains("huggingface.parquet row 2, "))
          .last()
          .asString()
          .endsWith("blue.png");
      assertThat(samples.read(1).annotation().images()).isEmpty();
      assertThat(samples.modalityLength(1)).isEqualTo(-2);
      assertThat(samples.modalityLength(2)).isEqualTo(3);
    }
  }

  @Test
  void aRangeGivesWhatItsSamplesGive() throws Exception {
    try (Annotations samples = Annotations.open(published(), folder)) {
      List<StoredSample> range = samples.read(1, 3);
      assertThat(range.get(0).annotation()).isEqualTo(samples.read(1).annotation());
      Annotation two = range.get(1).annotation();
      assertThat(two).isEqualTo(samples.read(2).annotation());
      assertThat(range.get(1).pictures(two).get(1).bytes())
          .isEqualTo(samples.read(2).pictures(two).get(1).bytes());
    }
  }

  @Test
  void ofTwoColumnsEachRowHasItsOwn() throws Exception {
    try (Annotations samples = Annotations.open(published(), folder)) {
      StoredSample red = samples.read(0, 3).get(0);
      assertThat(red.annotation().images()).containsExactly("a/red.png");
      assertThat(red.pictures(red.annotation()))
          .extracting(picture -> PictureDecoder.decode(picture).rgb()[0])
          .containsExactly((byte) 255);
      assertThat(samples.modalityLength(0)).isEqualTo(5);
    }
  }

  @Test
  void aListMayHaveGaps() throws Exception {
    String query =
        "SELECT [NULL, '2'::BLOB, NULL, '3'::BLOB] AS images, %s AS conversations"
            .formatted(TURNS.replace("<image>", "<image><image>"));
    try (Annotations samples = Annotations.open(write("gaps.parquet", query), folder)) {
      StoredSample sample = samples.read(0);
      assertThat(sample.pictures(sample.annotation()))
          .extracting(picture -> new String(picture.bytes(), US_ASCII))
          .containsExactly("2", "3");
    }
  }

  @Test
  void ofARangeOnlyThePictureWithoutBytesIsRefused() throws Exception {
    try (Annotations samples = Annotations.open(published(), folder)) {
      List<StoredSample> range = samples.read(0, 4);
      StoredPicture red = range.get(0).pictures(range.get(0).annotation()).get(0);
      assertThat(PictureDecoder.decode(red).rgb()[0]).isEqualTo((byte) 255);
      StoredPicture last = range.get(3).pictures(range.get(3).annotation()).get(0);
      assertThatThrownBy(last::bytes)
          .hasMessageContaining("huggingface.parquet row 3: column image holds a picture's path");
    }
  }

  @Test
  void picturesMayBePaths() throws Exception {
    Path file =
        write("paths.parquet", "SELECT 'a/1.png' AS image, %s AS conversations".formatted(TURNS));
    try (Annotations samples = Annotations.open(file, folder)) {
      assertThat(samples.needsImages()).isTrue();
      Annotation annotation = samples.read(0).annotation();
      assertThat(annotation.id()).isEqualTo("0");
      assertThat(samples.read(0).pictures(annotation))
          .containsExactly(new StoredPicture.InFile(folder.resolve("a/1.png")));
      assertThat(samples.modalityLength(0)).isEqualTo(6);
    }
  }

  @Test
  void turnsMayBeMessages() throws Exception {
    String messages = TURNS.replace("'from'", "'role'").replace("'value'", "'content'");
    messages = messages.replace("'human'", "'user'").replace("'gpt'", "'assistant'");
    Path file = write("m.parquet", "SELECT 'a/1.png' AS image, %s AS messages".formatted(messages));
    try (Annotations samples = Annotations.open(file, folder)) {
      assertThat(samples.modalityLength(0)).isEqualTo(6);
      assertThat(samples.read(0).annotation().exchanges()).hasSize(1);
    }
  }

  @Test
  void turnsMayBeAStructOfLists() throws Exception {
    Path file =
        write(
            "lists.parquet",
            "SELECT {'from': ['human', 'gpt'], 'value': ['Hi you', 'Yes']} AS conversations");
    try (Annotations samples = Annotations.open(file, folder)) {
      assertThat(samples.read(0).annotation().exchanges())
          .containsExactly(new Exchange("Hi you", "Yes"));
      assertThat(samples.modalityLength(0)).isEqualTo(-3);
    }
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    Path other = write("other.parquet", "SELECT 1 AS id, 'x' AS text");
    assertThatThrownBy(() -> Annotations.open(other, folder))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("has no column 'conversations'; it has id, text");
    Path unpictured = write("unpictured.parquet", "SELECT %s AS conversations".formatted(TURNS));
    try (Annotations samples = Annotations.open(unpictured, folder)) {
      assertThatThrownBy(() -> samples.read(0).annotation())
          .hasMessageContaining("unpictured.parquet row 0 (id 0): a question holds <image>");
    }
  }
}
