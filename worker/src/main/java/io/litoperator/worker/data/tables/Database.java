package io.litoperator.worker.data.tables;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;

/**
 * A DuckDB of this process that holds nothing and reads files: no network, no extensions beyond
 * those built in, nothing written to disk.
 */
final class Database implements AutoCloseable {
  /** Enough for a row group's pages of large pictures. */
  private static final String MEMORY = "1GB";

  private final DuckDBConnection first;

  private Database(DuckDBConnection first) {
    this.first = first;
  }

  /** A query of it, which may throw as JDBC does. */
  @FunctionalInterface
  interface Query<T> {
    T run(Statement statement) throws SQLException;
  }

  static Database open() {
    Properties settings = new Properties();
    settings.setProperty("memory_limit", MEMORY);
    settings.setProperty("temp_directory", "");
    settings.setProperty("autoinstall_known_extensions", "false");
    settings.setProperty("autoload_known_extensions", "false");
    settings.setProperty("allow_community_extensions", "false");
    // Queries run on the threads that ask.
    settings.setProperty("threads", "1");
    settings.setProperty("jdbc_stream_results", "true");
    try {
      Connection connection = DriverManager.getConnection("jdbc:duckdb:", settings);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET parquet_metadata_cache = true; SET lock_configuration = true");
      }
      return new Database(connection.unwrap(DuckDBConnection.class));
    } catch (SQLException e) {
      throw new Failure(
          ExitCode.INTERNAL,
          "DuckDB, which reads Parquet files, does not start: %s.".formatted(line(e)),
          e);
    }
  }

  /**
   * Runs a query on the calling thread; others may run theirs meanwhile.
   *
   * @param files named in errors
   * @throws Failure BAD_DATA if the files are no Parquet that can be read, STORAGE if their disk
   *     fails
   */
  <T> T query(String files, Query<T> query) {
    try (Connection connection = first.duplicate();
        Statement statement = connection.createStatement()) {
      return query.run(statement);
    } catch (SQLException e) {
      throw failure(files, e);
    }
  }

  static Failure failure(String files, SQLException e) {
    String message = e.getMessage();
    if (message.startsWith("Out of Memory")) {
      return new Failure(
          ExitCode.BAD_DATA,
          "%s: a row group needs more than %s; write smaller ones.".formatted(files, MEMORY),
          e);
    }
    // A file that ends too early, or says so, is no fault of the disk's.
    if (message.startsWith("IO Error") && !message.contains("enough bytes")) {
      return new Failure(ExitCode.STORAGE, "%s cannot be read: %s.".formatted(files, line(e)), e);
    }
    return new Failure(
        ExitCode.BAD_DATA, "%s cannot be read as Parquet: %s.".formatted(files, line(e)), e);
  }

  @Override
  public void close() {
    try {
      first.close();
    } catch (SQLException e) {
      throw new Failure(ExitCode.INTERNAL, "DuckDB does not close: %s.".formatted(line(e)), e);
    }
  }

  /** A list of files as a literal in SQL; their names are not patterns. */
  static String literal(List<Path> files) {
    return files.stream()
        .map(file -> file.toString().replaceAll("[*?\\[]", "[$0]").replace("'", "''"))
        .collect(Collectors.joining("', '", "['", "']"));
  }

  private static String line(SQLException e) {
    return e.getMessage().lines().findFirst().orElse("no message").replaceFirst("\\.$", "");
  }
}
