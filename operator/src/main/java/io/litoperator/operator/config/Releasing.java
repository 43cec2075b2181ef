package io.litoperator.operator.config;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.operator.observe.JobCaches;
import io.litoperator.operator.reconcile.OrphanedPods;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Has Pods let go that outlive their jobs. */
@Singleton
final class Releasing {
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  void start(@Observes StartupEvent event, Vertx vertx, KubernetesClient client, JobCaches caches) {
    OrphanedPods orphans = new OrphanedPods(client, caches);
    Regularly.every(vertx, INTERVAL, "Pods of deleted jobs could not be looked at", orphans::letGo);
  }
}
