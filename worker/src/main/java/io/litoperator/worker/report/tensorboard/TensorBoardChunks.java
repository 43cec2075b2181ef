package io.litoperator.worker.report.tensorboard;

import java.io.ByteArrayOutputStream;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Gathers records until somebody takes them away, as files that never change again: where files are
 * replaced as a whole, as in a bucket, a reader does not see one grow. Safe for use by any thread.
 */
public final class TensorBoardChunks implements TensorBoard.Sink {
  private final Clock clock;
  private final Map<String, ByteArrayOutputStream> open = new LinkedHashMap<>();
  private final Map<String, byte[]> finished = new LinkedHashMap<>();
  private int number;

  public TensorBoardChunks(Clock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized void append(String run, byte[] record) {
    open.computeIfAbsent(run, absent -> begun()).writeBytes(record);
  }

  private ByteArrayOutputStream begun() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(TensorBoard.header(clock));
    return file;
  }

  /** All that was not {@linkplain #taken taken}, by path. */
  public synchronized Map<String, byte[]> files() {
    open.forEach(
        (run, records) ->
            finished.put(run + "/" + TensorBoard.file(clock, number++), records.toByteArray()));
    open.clear();
    return new LinkedHashMap<>(finished);
  }

  /** A file is where it belongs. */
  public synchronized void taken(String path) {
    finished.remove(path);
  }
}
