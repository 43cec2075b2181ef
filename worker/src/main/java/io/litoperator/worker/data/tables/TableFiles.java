package io.litoperator.worker.data.tables;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.util.Arrays;
import java.util.List;

/**
 * A table's files and which rows each of them holds.
 *
 * @param firstRows index of each file's first row over all files; after the last file, the number
 *     of rows
 */
record TableFiles(List<Path> paths, int[] firstRows) {

  /** A file's rows {@code [firstRow, endRow)}. */
  record Shard(Path path, int firstRow, int endRow) {}

  /** Reads the files' metadata only. */
  static TableFiles of(List<Path> paths, Database database) {
    int[] first = new int[paths.size() + 1];
    for (int i = 0; i < paths.size(); i++) {
      first[i + 1] = Math.toIntExact(first[i] + rows(paths.get(i), database));
    }
    return new TableFiles(paths, first);
  }

  private static long rows(Path path, Database database) {
    String sql =
        "SELECT num_rows FROM parquet_file_metadata(%s)".formatted(Database.literal(List.of(path)));
    return database.query(
        path.toString(),
        statement -> {
          try (ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
          }
        });
  }

  int rows() {
    return firstRows[paths.size()];
  }

  /**
   * The file that holds a row.
   *
   * @throws IndexOutOfBoundsException if there is no such row
   */
  Shard at(int row) {
    if (row < 0 || row >= rows()) {
      throw new IndexOutOfBoundsException("row %d of %d".formatted(row, rows()));
    }
    int found = Arrays.binarySearch(firstRows, row);
    if (found < 0) {
      found = -found - 2;
    }
    // Of files that begin at the same row, all but the last are empty.
    while (firstRows[found + 1] == row) {
      found++;
    }
    return new Shard(paths.get(found), firstRows[found], firstRows[found + 1]);
  }
}
