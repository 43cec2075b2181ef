package io.litoperator.operator.config;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the lease back when the operator is told to end, so that another replica need not wait for
 * it to expire. Operator SDK leaves it.
 */
@Singleton
final class LeaseHandover {
  private static final Logger log = LoggerFactory.getLogger(LeaseHandover.class);

  /** After all that reconciles has stopped. */
  private static final int LAST = Integer.MAX_VALUE;

  /** An API server that is away must not hold up the end. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final KubernetesClient client;
  private final OperatorSettings settings;
  private final Clock clock;

  LeaseHandover(KubernetesClient client, OperatorSettings settings, Clock clock) {
    this.client = client;
    this.settings = settings;
    this.clock = clock;
  }

  void handOver(@Observes @Priority(LAST) ShutdownEvent event) {
    if (!settings.leaderElection().enabled()) {
      return;
    }
    try {
      CompletableFuture.runAsync(this::release)
          .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          .join();
    } catch (CompletionException e) {
      log.info("The lease is left to expire ({})", e.getCause().toString());
    }
  }

  /**
   * Only if it is this replica's, whose it stays until it expires: no other writes it meanwhile.
   */
  private void release() {
    LeaseLock lock =
        new LeaseLock(
            settings.serviceNamespace(), settings.leaderElection().lease(), settings.podName());
    LeaderElectionRecord held = lock.get(client);
    if (held == null || !settings.podName().equals(held.getHolderIdentity())) {
      return;
    }
    ZonedDateTime now = ZonedDateTime.now(clock);
    LeaderElectionRecord free =
        new LeaderElectionRecord("", Duration.ofSeconds(1), now, now, held.getLeaderTransitions());
    lock.update(client, free);
    log.info("The lease is given back");
  }
}
