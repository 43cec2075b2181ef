package io.litoperator.worker.data.annotations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.data.image.StoredPicture;
import io.litoperator.worker.data.tables.Table;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Samples in Parquet files as Hugging Face publishes them: {@code conversations}, a list of structs
 * (or a struct of lists) of {@code from} and {@code value}; optionally {@code id}; and {@code
 * image} or {@code images}, embedded or paths.
 */
final class AnnotationTable implements Annotations {
  private static final String CONVERSATIONS = "conversations";
  private static final List<String> IMAGES = List.of("images", "image");

  private final Table table;
  private final Path images;
  private final Optional<String> embedded;
  private final List<String> imageColumns;
  private final int[] modalityLengths;

  private AnnotationTable(Table table, Path images) {
    this.table = table;
    this.images = images;
    this.embedded = IMAGES.stream().filter(table.pictureColumns()::contains).findFirst();
    this.imageColumns =
        embedded
            .map(List::of)
            .orElseGet(() -> IMAGES.stream().filter(table.columns()::contains).toList());
    this.modalityLengths = new int[table.size()];
  }

  static AnnotationTable open(Path source, Path images) {
    Table table = Table.open(source);
    try {
      if (table.size() == 0) {
        throw new Failure(
            ExitCode.BAD_DATA, "%s holds no samples; write at least one.".formatted(source));
      }
      AnnotationTable annotations = new AnnotationTable(table, images);
      annotations.measure();
      return annotations;
    } catch (RuntimeException e) {
      table.close();
      throw e;
    }
  }

  private void measure() {
    table.forEach(
        columns(),
        (row, record) -> {
          JsonNode names = names(record);
          modalityLengths[row] = Words.modalityLength(zipped(record), !names.isEmpty());
        });
  }

  private List<String> columns() {
    List<String> columns = new ArrayList<>(imageColumns);
    columns.add(CONVERSATIONS);
    if (table.columns().contains("id")) {
      columns.add("id");
    }
    return columns;
  }

  @Override
  public int size() {
    return modalityLengths.length;
  }

  @Override
  public int modalityLength(int sample) {
    return modalityLengths[sample];
  }

  @Override
  public Origin origin(int sample) {
    return new Origin(table.file(sample), "row " + table.rowInFile(sample), sample);
  }

  @Override
  public boolean needsImages() {
    return embedded.isEmpty() && !imageColumns.isEmpty();
  }

  @Override
  public List<StoredSample> read(int from, int to) {
    List<ObjectNode> records = table.records(from, to, columns());
    RowPictures pictures = new RowPictures(from, to);
    List<StoredSample> samples = new ArrayList<>();
    for (int i = from; i < to; i++) {
      int sample = i;
      ObjectNode record = zipped(records.get(i - from));
      ArrayNode names = names(record);
      record.remove(IMAGES);
      record.set("image", names);
      samples.add(
          new StoredSample(
              origin(i),
              record,
              paths ->
                  embedded.isPresent()
                      ? pictures.of(sample, paths)
                      : paths.stream()
                          .<StoredPicture>map(p -> new StoredPicture.InFile(images.resolve(p)))
                          .toList()));
    }
    return samples;
  }

  @Override
  public void close() {
    table.close();
  }

  /** The pictures' names, one for each picture. */
  private ArrayNode names(ObjectNode record) {
    ArrayNode names = record.arrayNode();
    for (String column : imageColumns) {
      JsonNode value = record.path(column);
      for (JsonNode name : value.isArray() ? value : List.of(value)) {
        if (name.isTextual()) {
          names.add(name.textValue().isEmpty() ? "picture " + names.size() : name.textValue());
        }
      }
    }
    return names;
  }

  /** A struct of lists becomes a list of structs. */
  private static ObjectNode zipped(ObjectNode record) {
    if (record.path(CONVERSATIONS) instanceof ObjectNode lists) {
      ArrayNode turns = record.arrayNode();
      for (int i = 0; i < lists.path("value").size(); i++) {
        ObjectNode turn = turns.addObject();
        turn.set("from", lists.path("from").path(i));
        turn.set("value", lists.path("value").path(i));
      }
      record.set(CONVERSATIONS, turns);
    }
    return record;
  }

  /** The pictures of neighbouring rows, read together once one of them is asked for. */
  private final class RowPictures {
    private final int from;
    private final int to;
    private List<List<byte[]>> rows;

    RowPictures(int from, int to) {
      this.from = from;
      this.to = to;
    }

    List<StoredPicture> of(int row, List<String> names) {
      List<StoredPicture> pictures = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        int picture = i;
        pictures.add(
            new StoredPicture.Embedded(
                "%s row %d, %s".formatted(table.file(row), table.rowInFile(row), names.get(i)),
                () -> bytes(row, picture)));
      }
      return pictures;
    }

    private synchronized byte[] bytes(int row, int picture) {
      if (rows == null) {
        rows = table.pictures(from, to, embedded.orElseThrow());
      }
      return rows.get(row - from).get(picture);
    }
  }
}
