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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Samples in Parquet files as Hugging Face publishes them: {@code conversations}, a list of structs
 * (or a struct of lists) of {@code from} and {@code value}, or {@code messages} of {@code role} and
 * {@code content}; optionally {@code id}; and {@code image} or {@code images}, embedded or paths.
 */
final class AnnotationTable implements Annotations {
  private static final List<String> IMAGES = List.of("images", "image");

  private final Table table;
  private final Path images;
  private final TurnForm form;
  private final boolean embedded;
  private final List<String> imageColumns;
  private final int[] modalityLengths;

  private AnnotationTable(Table table, Path images) {
    this.table = table;
    this.images = images;
    this.form = TurnForm.of(table.columns()::contains);
    this.embedded = IMAGES.stream().anyMatch(table.pictureColumns()::contains);
    Set<String> columns = embedded ? table.pictureColumns() : table.columns();
    this.imageColumns = IMAGES.stream().filter(columns::contains).toList();
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
          boolean pictured = imageColumn(record).isPresent();
          modalityLengths[row] = Words.modalityLength(zipped(record), pictured);
        });
  }

  private List<String> columns() {
    List<String> columns = new ArrayList<>(imageColumns);
    columns.add(form.list());
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
    return !embedded && !imageColumns.isEmpty();
  }

  @Override
  public List<StoredSample> read(int from, int to) {
    List<ObjectNode> records = table.records(from, to, columns());
    RowPictures pictures = new RowPictures(from, to);
    List<StoredSample> samples = new ArrayList<>();
    for (int i = from; i < to; i++) {
      int sample = i;
      ObjectNode record = zipped(records.get(i - from));
      Optional<String> column = imageColumn(record);
      ArrayNode names = column.map(c -> names(record, c)).orElseGet(record::arrayNode);
      record.remove(IMAGES);
      record.set("image", names);
      samples.add(
          new StoredSample(
              origin(i),
              record,
              paths ->
                  column
                      .filter(c -> embedded)
                      .map(c -> pictures.of(sample, c, paths))
                      .orElseGet(() -> files(paths))));
    }
    return samples;
  }

  private List<StoredPicture> files(List<String> paths) {
    return paths.stream()
        .<StoredPicture>map(path -> new StoredPicture.InFile(images.resolve(path)))
        .toList();
  }

  @Override
  public void close() {
    table.close();
  }

  /** The first column that has pictures for a row. */
  private Optional<String> imageColumn(ObjectNode record) {
    return imageColumns.stream().filter(column -> !names(record, column).isEmpty()).findFirst();
  }

  /** The pictures' names, one for each picture. */
  private static ArrayNode names(ObjectNode record, String column) {
    ArrayNode names = record.arrayNode();
    JsonNode value = record.path(column);
    for (JsonNode name : value.isArray() ? value : List.of(value)) {
      if (name.isTextual()) {
        names.add(name.textValue().isEmpty() ? "picture " + names.size() : name.textValue());
      }
    }
    return names;
  }

  /** A struct of lists becomes a list of structs. */
  private ObjectNode zipped(ObjectNode record) {
    if (record.path(form.list()) instanceof ObjectNode lists) {
      ArrayNode turns = record.arrayNode();
      for (int i = 0; i < lists.path(form.text()).size(); i++) {
        ObjectNode turn = turns.addObject();
        turn.set(form.speaker(), lists.path(form.speaker()).path(i));
        turn.set(form.text(), lists.path(form.text()).path(i));
      }
      record.set(form.list(), turns);
    }
    return record;
  }

  /** The pictures of neighbouring rows, read together once one of them is asked for. */
  private final class RowPictures {
    private final int from;
    private final int to;
    private final Map<String, List<List<Optional<byte[]>>>> read = new HashMap<>();

    RowPictures(int from, int to) {
      this.from = from;
      this.to = to;
    }

    List<StoredPicture> of(int row, String column, List<String> names) {
      List<StoredPicture> pictures = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        int picture = i;
        pictures.add(
            new StoredPicture.Embedded(
                "%s row %d, %s".formatted(table.file(row), table.rowInFile(row), names.get(i)),
                () -> bytes(row, column, picture)));
      }
      return pictures;
    }

    private synchronized byte[] bytes(int row, String column, int picture) {
      return read.computeIfAbsent(column, c -> table.pictures(from, to, c))
          .get(row - from)
          .get(picture)
          .orElseThrow(() -> table.notEmbedded(row, column));
    }
  }
}
