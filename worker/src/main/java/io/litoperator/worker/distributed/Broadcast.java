package io.litoperator.worker.distributed;

import java.io.IOException;

/** One rank's values go round the ring in chunks, up to the rank before it. */
final class Broadcast extends Operation {
  private final HostMemory values;
  private final boolean sends;
  private final boolean receives;

  Broadcast(HostMemory values, int root, int rank, int worldSize, long sequence) {
    super(new FrameHeader(FrameHeader.Kind.BROADCAST, values.element(), values.count(), sequence));
    this.values = values;
    receives = rank != root;
    sends = (rank + 1) % worldSize != root;
  }

  @Override
  void send(FrameWriter out) throws IOException {
    int chunks = sends ? chunks() : 0;
    for (int i = 0; i < chunks; i++) {
      if (receives) {
        awaitFrames(i + 1);
      }
      out.values(header(), values, start(i), count(i));
    }
  }

  @Override
  void receive(FrameReader in) throws IOException {
    int chunks = receives ? chunks() : 0;
    for (int i = 0; i < chunks; i++) {
      in.values(header(), values, start(i), count(i), false);
      frameArrived();
    }
  }

  /** At least one, so that headers are compared even if there is nothing to send. */
  private int chunks() {
    int chunk = values.element().chunk();
    return Math.max(1, Math.toIntExact((values.count() + chunk - 1) / chunk));
  }

  private long start(int chunk) {
    return (long) chunk * values.element().chunk();
  }

  private int count(int chunk) {
    return (int) Math.min(values.element().chunk(), values.count() - start(chunk));
  }
}
