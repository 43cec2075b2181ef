package io.litoperator.worker.run;

import io.litoperator.worker.checkpoint.JobFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What tells why an attempt failed, beside the checkpoints: the ends of the logs of this Pod's
 * ranks, and the stacks of all, if one hung. {@code failures/attempt-3/rank-0.log} and {@code
 * attempt-3-rank-0.txt} beside it.
 *
 * @param output the Pod's own folder
 */
record FailureFiles(Path output, JobFiles files) {
  private static final int TAIL_BYTES = 64 << 10;

  /**
   * @throws io.litoperator.worker.failure.Failure {@code STORAGE} if they cannot be kept
   */
  void keep(int attempt) throws IOException {
    for (Path log : files("logs", "rank-*.log")) {
      files.write(folder(attempt) + "/" + log.getFileName(), tail(log));
    }
    for (Path stacks : files("evidence", "attempt-%d-rank-*.txt".formatted(attempt))) {
      files.write(folder(attempt) + "/" + stacks.getFileName(), Files.readAllBytes(stacks));
    }
  }

  /** How people find an attempt's. */
  String name(int attempt) {
    return files.name(folder(attempt));
  }

  private static String folder(int attempt) {
    return "failures/attempt-" + attempt;
  }

  private List<Path> files(String below, String pattern) throws IOException {
    Path folder = output.resolve(below);
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
        entries.forEach(found::add);
      }
    }
    return found;
  }

  private static byte[] tail(Path log) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long start = Math.max(0, file.length() - TAIL_BYTES);
      byte[] bytes = new byte[(int) (file.length() - start)];
      file.seek(start);
      file.readFully(bytes);
      return bytes;
    }
  }
}
