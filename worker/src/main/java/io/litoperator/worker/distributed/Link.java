package io.litoperator.worker.distributed;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * One TCP connection to a neighbour in the ring: whole buffers in or out, with a bound on the time
 * in which nothing moves. One thread reads or writes; any thread may abandon or close.
 */
final class Link implements AutoCloseable {
  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final Patience patience;
  private volatile boolean abandoned;

  /**
   * Takes the channel over.
   *
   * @param patience with the other side while it moves no byte
   */
  Link(SocketChannel channel, Patience patience) throws IOException {
    this.channel = channel;
    this.patience = patience;
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    selector = Selector.open();
    key = channel.register(selector, 0);
  }

  /**
   * Fills the buffer.
   *
   * @throws EOFException if the other side ended the connection
   * @throws SocketTimeoutException if nothing came for as long as the patience
   */
  void read(ByteBuffer target) throws IOException {
    while (target.hasRemaining()) {
      int count = channel.read(target);
      if (count < 0) {
        throw new EOFException("the connection was closed");
      }
      if (count == 0) {
        await(SelectionKey.OP_READ);
      }
    }
  }

  /**
   * Writes all that the buffers hold, one after the other.
   *
   * @throws SocketTimeoutException if the other side took nothing for as long as the patience
   */
  void write(ByteBuffer... sources) throws IOException {
    ByteBuffer last = sources[sources.length - 1];
    while (last.hasRemaining()) {
      if (channel.write(sources) == 0) {
        await(SelectionKey.OP_WRITE);
      }
    }
  }

  private void await(int operation) throws IOException {
    try {
      key.interestOps(operation);
      long since = System.nanoTime();
      int ready = 0;
      while (ready == 0) {
        long left = patience.left(since).toMillis();
        if (left <= 0) {
          throw new SocketTimeoutException(
              "nothing moved for " + patience.limit().toMillis() + " ms");
        }
        ready = selector.select(left);
        if (abandoned) {
          throw new ClosedChannelException();
        }
      }
      selector.selectedKeys().clear();
    } catch (ClosedSelectorException | CancelledKeyException e) {
      throw new ClosedChannelException();
    }
  }

  /**
   * Ends a wait for the other side, now or later, but keeps the connection: closing it would look
   * to the other side as though this rank had died.
   */
  void abandon() {
    abandoned = true;
    selector.wakeup();
  }

  @Override
  public void close() throws IOException {
    channel.close();
    selector.close();
  }
}
