package io.litoperator.worker.distributed.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells the other side of a connection at regular intervals that this one is alive. A machine that
 * is switched off closes no connection; the other side notices the silence.
 */
final class KeepAlive implements AutoCloseable {
  /** Longest silence of a side that is alive. */
  static final Duration PATIENCE = Duration.ofSeconds(8);

  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final CountDownLatch closed = new CountDownLatch(1);

  private KeepAlive() {}

  /**
   * Begins, and bounds the silence that this side's reads bear.
   *
   * @param sign of life
   */
  static KeepAlive start(JsonLines connection, Object sign) throws IOException {
    connection.readTimeout(Math.toIntExact(PATIENCE.toMillis()));
    KeepAlive keepAlive = new KeepAlive();
    Thread thread = new Thread(() -> keepAlive.tellUntilClosed(connection, sign), "keep-alive");
    thread.setDaemon(true);
    thread.start();
    return keepAlive;
  }

  private void tellUntilClosed(JsonLines connection, Object sign) {
    try {
      while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        connection.write(sign);
      }
    } catch (IOException e) {
      // The connection has ended, as its reader notices too.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
