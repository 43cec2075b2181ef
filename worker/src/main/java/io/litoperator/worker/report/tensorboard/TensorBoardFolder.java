package io.litoperator.worker.report.tensorboard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Files that grow as the run goes, a new one for each start. A folder that cannot be written to
 * ends nothing: it is told, and nothing more is written, since no record may follow half a one.
 */
public final class TensorBoardFolder implements TensorBoard.Sink {
  private final Path folder;
  private final Clock clock;
  private final Consumer<String> notices;
  private final Map<String, Path> files = new HashMap<>();
  private boolean failed;

  /**
   * @param notices told, in a sentence, if records cannot be written
   */
  public TensorBoardFolder(Path folder, Clock clock, Consumer<String> notices) {
    this.folder = folder;
    this.clock = clock;
    this.notices = notices;
  }

  @Override
  public void append(String run, byte[] record) {
    if (failed) {
      return;
    }
    try {
      Path file = files.get(run);
      if (file == null) {
        file = folder.resolve(run).resolve(TensorBoard.file(clock, 0));
        Files.createDirectories(file.getParent());
        append(file, TensorBoard.header(clock));
        files.put(run, file);
      }
      append(file, record);
    } catch (IOException e) {
      failed = true;
      notices.accept(
          "Figures for TensorBoard can no longer be written to %s (%s); the run goes on without."
              .formatted(folder, e));
    }
  }

  private static void append(Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
