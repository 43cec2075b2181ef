package io.litoperator.worker.s3;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import software.amazon.awssdk.transfer.s3.progress.TransferListener;

/** Tells of a try's bytes, and takes them back if it fails. */
final class ToldBytes implements TransferListener, AutoCloseable {
  private final LongConsumer bytes;
  private final AtomicLong told = new AtomicLong();

  ToldBytes(LongConsumer bytes) {
    this.bytes = bytes;
  }

  @Override
  public void bytesTransferred(Context.BytesTransferred context) {
    long now = context.progressSnapshot().transferredBytes();
    long more = now - told.getAndSet(now);
    if (more != 0) {
      bytes.accept(more);
    }
  }

  void keep() {
    told.set(0);
  }

  @Override
  public void close() {
    long failed = told.getAndSet(0);
    if (failed != 0) {
      bytes.accept(-failed);
    }
  }
}
