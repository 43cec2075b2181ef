package io.litoperator.worker.s3;

import java.util.function.LongConsumer;
import software.amazon.awssdk.transfer.s3.progress.TransferListener;

/**
 * Tells of a try's bytes, and takes them back if it fails. Parts that go at the same time are told
 * of by threads of their own, in any order, and even after the whole has gone.
 */
final class ToldBytes implements TransferListener, AutoCloseable {
  private final LongConsumer bytes;
  private long told;
  private boolean over;

  ToldBytes(LongConsumer bytes) {
    this.bytes = bytes;
  }

  @Override
  public void bytesTransferred(Context.BytesTransferred context) {
    reached(context.progressSnapshot().transferredBytes());
  }

  /** So many have gone, as far as somebody has seen. */
  synchronized void reached(long now) {
    if (!over && now > told) {
      bytes.accept(now - told);
      told = now;
    }
  }

  /** The try was good: all of its bytes have gone. */
  synchronized void keep(long all) {
    reached(all);
    over = true;
  }

  @Override
  public synchronized void close() {
    if (!over && told > 0) {
      bytes.accept(-told);
    }
    over = true;
  }
}
