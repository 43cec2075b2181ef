package io.litoperator.worker.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Shows what the ranks of this Pod write to their logs, line by line, each with its rank before it,
 * as torchrun's {@code --tee} does. It reads the files behind the ranks: no rank waits for whoever
 * reads the Pod's log, and the files stay as they are.
 */
final class RankOutput implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(200);

  /** A line that is longer is shown in pieces. */
  private static final int MAX_LINE_BYTES = 16 << 10;

  private final Path logs;
  private final Consumer<String> lines;
  private final Map<Path, Reading> readings = new TreeMap<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread thread = new Thread(this::follow, "rank-output");
  private String trouble = "";

  private RankOutput(Path logs, Consumer<String> lines) {
    this.logs = logs;
    this.lines = lines;
  }

  /**
   * Shows all that is written from now on, until closed.
   *
   * @param logs folder of files {@code rank-3.log}; may not be there yet
   * @param lines told each line, without its end, on a thread of its own
   */
  static RankOutput follow(Path logs, Consumer<String> lines) {
    RankOutput output = new RankOutput(logs, lines);
    output.passOverWhatIsThere();
    output.thread.setDaemon(true);
    output.thread.start();
    return output;
  }

  /** Returns when all that has been written was shown. */
  @Override
  public void close() {
    over.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** An agent of this Pod that ended before has shown it. */
  private void passOverWhatIsThere() {
    try {
      discover();
      for (Map.Entry<Path, Reading> log : readings.entrySet()) {
        log.getValue().position = Files.size(log.getKey());
      }
    } catch (IOException e) {
      tell(e);
    }
  }

  private void follow() {
    try {
      while (!over.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        showNews();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    showNews();
    readings.values().forEach(Reading::showRest);
  }

  private void showNews() {
    try {
      discover();
      for (Map.Entry<Path, Reading> log : readings.entrySet()) {
        log.getValue().showNews(log.getKey());
      }
      trouble = "";
    } catch (IOException e) {
      tell(e);
    }
  }

  private void discover() throws IOException {
    if (Files.isDirectory(logs)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(logs, "rank-*.log")) {
        entries.forEach(log -> readings.computeIfAbsent(log, Reading::new));
      }
    }
  }

  /** Once for each trouble. */
  private void tell(IOException e) {
    if (!e.toString().equals(trouble)) {
      trouble = e.toString();
      lines.accept("What ranks print cannot be shown (%s); it is in %s.".formatted(e, logs));
    }
  }

  /** How far a log has been shown. */
  private final class Reading {
    private final String prefix;
    private final byte[] buffer = new byte[MAX_LINE_BYTES];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long position;

    /**
     * @param log named {@code rank-3.log}
     */
    Reading(Path log) {
      String name = log.getFileName().toString();
      prefix = "[%s]: ".formatted(name.substring(0, name.lastIndexOf('.')).replace("-", ""));
    }

    void showNews(Path log) throws IOException {
      long size = Files.size(log);
      if (size == position) {
        return;
      }
      try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
        // A file that somebody has cut begins anew.
        position = Math.min(position, size);
        file.seek(position);
        for (int read = file.read(buffer); read > 0; read = file.read(buffer)) {
          position += read;
          show(read);
        }
      }
    }

    private void show(int read) {
      for (int i = 0; i < read; i++) {
        if (buffer[i] == '\n') {
          showLine();
        } else {
          line.write(buffer[i]);
          if (line.size() == MAX_LINE_BYTES) {
            showLine();
          }
        }
      }
    }

    void showRest() {
      if (line.size() > 0) {
        showLine();
      }
    }

    private void showLine() {
      String text = line.toString(StandardCharsets.UTF_8);
      line.reset();
      lines.accept(prefix + (text.endsWith("\r") ? text.substring(0, text.length() - 1) : text));
    }
  }
}
