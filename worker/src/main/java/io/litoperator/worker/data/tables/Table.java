package io.litoperator.worker.data.tables;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.data.shards.Shards;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Parquet files as Hugging Face's {@code datasets} writes them, one after another: rows as JSON,
 * and the pictures embedded in them. Nothing is held in memory. Safe for use by several threads.
 *
 * <p>A picture is a struct of {@code bytes} and {@code path}, or bare bytes; a column has one or a
 * list of them in each row. In a row's JSON its path stands for it, empty where it has none.
 */
public final class Table implements AutoCloseable {
  /** How the files' names end. */
  public static final String SUFFIX = ".parquet";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path source;
  private final TableFiles files;
  private final Map<String, Column> columns;
  private final Database database;

  private Table(Path source, TableFiles files, Map<String, Column> columns, Database database) {
    this.source = source;
    this.files = files;
    this.columns = columns;
    this.database = database;
  }

  /** Receives rows in their order. */
  @FunctionalInterface
  public interface RowVisitor {
    /**
     * @param row from 0, over all files
     */
    void visit(int row, ObjectNode record);
  }

  /** Whether a source is a Parquet file, a pattern of such, or a folder with some. */
  public static boolean isAt(Path source) {
    return Files.isDirectory(source)
        ? !Shards.in(source, SUFFIX).isEmpty()
        : source.toString().endsWith(SUFFIX);
  }

  /**
   * Opens a file, a folder of files or a pattern of files, as {@link Shards#of} lists them; reads
   * the files' metadata only.
   *
   * @throws Failure INPUT_MISSING if there is none, BAD_DATA if one is not Parquet
   */
  public static Table open(Path source) {
    List<Path> paths = Shards.of(source, SUFFIX);
    Database database = Database.open();
    try {
      TableFiles files = TableFiles.of(paths, database);
      return new Table(source, files, columns(database, files), database);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /** Number of rows in all files. */
  public int size() {
    return files.rows();
  }

  public Set<String> columns() {
    return columns.keySet();
  }

  /** The columns whose values are pictures, or lists of pictures. */
  public Set<String> pictureColumns() {
    return columns.values().stream()
        .filter(Column::holdsPictures)
        .map(Column::name)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** The file that holds a row. */
  public Path file(int row) {
    return files.at(row).path();
  }

  /** A row's index in its file. */
  public int rowInFile(int row) {
    return row - files.at(row).firstRow();
  }

  /** A row with all its columns. */
  public ObjectNode record(int row) {
    return record(row, columns.keySet());
  }

  /** A row with some of its columns. */
  public ObjectNode record(int row, Collection<String> wanted) {
    return records(row, row + 1, wanted).get(0);
  }

  /** Rows {@code from} (inclusive) to {@code to} (exclusive), with some of their columns. */
  public List<ObjectNode> records(int from, int to, Collection<String> wanted) {
    return range(from, to, record(wanted), result -> json(result.getString(1)));
  }

  /**
   * The bytes of a row's pictures in a column: one for each of the list, or the one; none where the
   * value is null.
   *
   * @throws Failure BAD_DATA if a picture of the row has a path only
   */
  public List<byte[]> pictures(int row, String column) {
    return pictures(row, row + 1, column).get(0).stream()
        .map(bytes -> bytes.orElseThrow(() -> notEmbedded(row, column)))
        .toList();
  }

  /**
   * The pictures of rows {@code from} (inclusive) to {@code to} (exclusive) in a column; empty for
   * one that has a path only.
   */
  public List<List<Optional<byte[]>>> pictures(int from, int to, String column) {
    return range(from, to, column(column).pictures(), Table::pictures);
  }

  /** Says that a picture has a path only. */
  public Failure notEmbedded(int row, String column) {
    return new Failure(
        ExitCode.BAD_DATA,
        "%s row %d: column %s holds a picture's path and not its bytes; embed the pictures."
            .formatted(file(row), rowInFile(row), column));
  }

  /** Reads all rows once, with some of their columns. */
  public void forEach(Collection<String> wanted, RowVisitor visitor) {
    String sql = "SELECT %s FROM read_parquet(%s)";
    database.query(
        source.toString(),
        statement -> {
          try (ResultSet result =
              statement.executeQuery(
                  sql.formatted(record(wanted), Database.literal(files.paths())))) {
            for (int row = 0; result.next(); row++) {
              visitor.visit(row, json(result.getString(1)));
            }
          }
          return null;
        });
  }

  @Override
  public void close() {
    database.close();
  }

  private static Map<String, Column> columns(Database database, TableFiles files) {
    String sql = "DESCRIBE SELECT * FROM read_parquet(%s)";
    return database.query(
        files.paths().get(0).toString(),
        statement -> {
          Map<String, Column> columns = new LinkedHashMap<>();
          try (ResultSet result =
              statement.executeQuery(sql.formatted(Database.literal(files.paths())))) {
            while (result.next()) {
              Column column = new Column(result.getString(1), result.getString(2));
              columns.put(column.name(), column);
            }
          }
          return columns;
        });
  }

  private Column column(String name) {
    Column column = columns.get(name);
    if (column == null) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s has no column '%s'; it has %s."
              .formatted(source, name, String.join(", ", columns.keySet())));
    }
    return column;
  }

  private String record(Collection<String> wanted) {
    return wanted.stream()
        .map(this::column)
        .map(column -> "%s := %s".formatted(column.quoted(), column.json()))
        .collect(Collectors.joining(", ", "to_json(struct_pack(", "))"));
  }

  private interface Reading<T> {
    T of(ResultSet result) throws SQLException;
  }

  private <T> List<T> range(int from, int to, String expression, Reading<T> reading) {
    List<T> values = new ArrayList<>();
    for (int row = from; row < to; ) {
      TableFiles.Shard shard = files.at(row);
      int end = Math.min(to, shard.endRow());
      read(shard, row, end, expression, reading, values);
      row = end;
    }
    return values;
  }

  private <T> void read(
      TableFiles.Shard shard,
      int from,
      int to,
      String expression,
      Reading<T> reading,
      List<T> values) {
    Path file = shard.path();
    int first = shard.firstRow();
    String sql =
        "SELECT %s FROM read_parquet(%s, file_row_number = true) WHERE file_row_number BETWEEN %d AND %d"
            .formatted(expression, Database.literal(List.of(file)), from - first, to - 1 - first);
    database.query(
        file.toString(),
        statement -> {
          try (ResultSet result = statement.executeQuery(sql)) {
            for (int row = from; row < to; row++) {
              if (!result.next()) {
                throw new SQLException("it has fewer rows than before");
              }
              values.add(reading.of(result));
            }
          }
          return null;
        });
  }

  private static List<Optional<byte[]>> pictures(ResultSet result) throws SQLException {
    List<Optional<byte[]>> pictures = new ArrayList<>();
    java.sql.Array list = result.getArray(1);
    if (list != null) {
      for (Object item : (Object[]) list.getArray()) {
        pictures.add(item instanceof Blob blob ? Optional.of(bytes(blob)) : Optional.empty());
      }
    }
    return pictures;
  }

  private static byte[] bytes(Blob blob) throws SQLException {
    return blob.getBytes(1, Math.toIntExact(blob.length()));
  }

  private ObjectNode json(String text) {
    try {
      return (ObjectNode) JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s: a row cannot be written as JSON: %s.".formatted(source, e.getOriginalMessage()),
          e);
    }
  }
}
