package io.litoperator.worker.distributed.agent;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The end of a log, to be quoted. */
final class LogTail {
  private static final int MAX_LINES = 12;
  private static final int MAX_BYTES = 1_500;

  private LogTail() {}

  /** The last lines, whole ones where they fit; a sentence if the file cannot be read. */
  static String of(Path log) {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long start = Math.max(0, file.length() - MAX_BYTES);
      byte[] bytes = new byte[(int) (file.length() - start)];
      file.seek(start);
      file.readFully(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      List<String> lines = text.lines().skip(start > 0 ? 1 : 0).toList();
      return lines.isEmpty()
          ? text
          : String.join("\n", lines.subList(Math.max(0, lines.size() - MAX_LINES), lines.size()));
    } catch (IOException e) {
      return "The log %s cannot be read: %s.".formatted(log, e.getMessage());
    }
  }
}
