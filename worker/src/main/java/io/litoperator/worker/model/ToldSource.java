package io.litoperator.worker.model;

import io.litoperator.worker.transfer.Progress;
import java.nio.FloatBuffer;

/** A source of values that tells how much of all that is wanted from it has been read. */
public final class ToldSource implements Slice.Source {
  private final Slice.Source source;
  private final Progress progress;
  private final String what;
  private final long total;
  private long done;

  /**
   * @param what of {@link Progress}, such as {@code loading the model}
   * @param elements that will be read; of fp32, as they pass through the host's memory
   */
  public ToldSource(Slice.Source source, Progress progress, String what, long elements) {
    this.source = source;
    this.progress = progress;
    this.what = what;
    this.total = elements * Float.BYTES;
  }

  @Override
  public void read(String name, long start, long end, FloatBuffer into) {
    source.read(name, start, end, into);
    done += (end - start) * Float.BYTES;
    progress.on(what, done, total);
  }
}
