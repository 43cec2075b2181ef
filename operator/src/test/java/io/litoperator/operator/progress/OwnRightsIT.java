package io.litoperator.operator.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.access.Grant;
import io.litoperator.operator.access.Grants;
import io.litoperator.operator.apiserver.DeclaredRights;
import io.litoperator.operator.apiserver.Namespaces;
import io.litoperator.operator.apiserver.OperatorAccount;
import io.litoperator.operator.apiserver.RequestedRights;
import io.litoperator.operator.snapshot.SettableClock;
import io.litoperator.operator.tls.Certificates;
import io.litoperator.operator.tls.KeySecret;
import io.litoperator.operator.tls.TlsSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The operator needs each right that it declares besides those in the namespaces of jobs. */
@ExtendWith(ApiServerExtension.class)
class OwnRightsIT {
  /** Operator SDK leads only where it has this, by a review of its rights; it patches the lease. */
  private static final Set<String> UNPROVED = Set.of("coordination.k8s.io/leases update");

  private final KubernetesClient admin;
  private final String namespace;
  private final RequestedRights requested = new RequestedRights();

  OwnRightsIT(KubernetesClient admin) {
    this.admin = admin;
    this.namespace = Namespaces.make(admin, "own");
  }

  @Test
  void everyRightIsUsed() {
    try (KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(OperatorAccount.inOwnNamespace(admin, namespace))
            .withHttpClientBuilderConsumer(
                builder -> builder.addOrReplaceInterceptor("rights", requested))
            .build()) {
      certificatesAreRenewed(client);
      KeySecret.load(client, namespace, "key");
      assertThat(new ApiTokenReviewer(client).review("none", "audience")).isEmpty();
      aLeaseIsTakenAndKept(client);
    }
    List<Grant> declared =
        Stream.concat(Grants.IN_OWN_NAMESPACE.stream(), Grants.IN_CLUSTER.stream()).toList();
    assertThat(requested.rights())
        .containsExactlyElementsOf(DeclaredRights.without(declared, UNPROVED));
  }

  private void certificatesAreRenewed(KubernetesClient client) {
    SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
    Certificates certificates = Certificates.of(settings(), client, namespace, "op", clock);
    certificates.refresh();
    clock.pass(Duration.ofDays(61));
    certificates.refresh();
  }

  private void aLeaseIsTakenAndKept(KubernetesClient client) {
    CompletableFuture<?> elector =
        client
            .leaderElector()
            .withConfig(
                new LeaderElectionConfigBuilder()
                    .withName("test")
                    .withLock(new LeaseLock(namespace, "lease", "me"))
                    .withLeaseDuration(Duration.ofSeconds(15))
                    .withRenewDeadline(Duration.ofSeconds(10))
                    .withRetryPeriod(Duration.ofMillis(100))
                    .withLeaderCallbacks(new LeaderCallbacks(() -> {}, () -> {}, leader -> {}))
                    .build())
            .build()
            .start();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> requested.rights().contains("coordination.k8s.io/leases patch"));
    elector.cancel(true);
  }

  private static TlsSettings settings() {
    return new TlsSettings() {
      @Override
      public String secret() {
        return "tls";
      }

      @Override
      public Optional<String> provided() {
        return Optional.empty();
      }

      @Override
      public Duration checkInterval() {
        return Duration.ofMinutes(1);
      }
    };
  }
}
