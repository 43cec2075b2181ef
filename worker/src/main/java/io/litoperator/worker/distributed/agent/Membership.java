package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.NcclCollective;
import io.litoperator.worker.distributed.Patience;
import io.litoperator.worker.distributed.RingListener;
import io.litoperator.worker.torch.Device;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** A rank among those of its attempt: joins them once, and then waits for them patiently. */
final class Membership implements AutoCloseable {
  private final RankEnvironment environment;
  private final RingListener ringListener;
  private volatile Collective collective;
  private volatile Patience patience;

  /**
   * @param ringListener where the rank before this one in the ring connects; closed by this
   */
  Membership(RankEnvironment environment, RingListener ringListener) {
    this.environment = environment;
    this.ringListener = ringListener;
  }

  /** As of {@link RankLink#collective}. */
  Collective join(World world, Duration longestWait, Device device) {
    try (ringListener) {
      patience = new Patience(longestWait);
      if (environment.worldSize() == 1) {
        return new Alone();
      }
      List<InetSocketAddress> ring = world.ring().stream().map(Membership::address).toList();
      Collective hosts =
          ringListener.join(
              environment.rank(), ring, environment.attempt(), environment.secret(), patience);
      collective = device.isCuda() ? NcclCollective.join(hosts, device.index(), patience) : hosts;
      return collective;
    }
  }

  private static InetSocketAddress address(String hostAndPort) {
    int colon = hostAndPort.lastIndexOf(':');
    return new InetSocketAddress(
        hostAndPort.substring(0, colon), Integer.parseInt(hostAndPort.substring(colon + 1)));
  }

  /** Collective operations begun so far. */
  long operations() {
    Collective joined = collective;
    return joined == null ? 0 : joined.operations();
  }

  /** One of the others is at work. */
  void goOnWaiting() {
    Patience joined = patience;
    if (joined != null) {
      joined.renew();
    }
  }

  @Override
  public void close() {
    ringListener.close();
  }
}
