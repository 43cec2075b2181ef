package io.litoperator.operator.config;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.litoperator.operator.observe.JobCaches;
import io.litoperator.operator.observe.Observer;
import io.litoperator.operator.plan.Planner;
import io.litoperator.operator.progress.Heartbeats;
import io.litoperator.operator.reconcile.ActionRunner;
import io.litoperator.operator.reconcile.EventWriter;
import io.litoperator.operator.reconcile.WritePace;
import io.litoperator.operator.resource.ResourceSettings;
import io.litoperator.operator.resource.TokenKey;
import io.litoperator.operator.resource.WorkerImages;
import io.litoperator.operator.tls.CaBundle;
import io.litoperator.operator.tls.KeySecret;
import io.quarkus.kubernetes.client.KubernetesClientObjectMapperCustomizer;
import io.quarkus.kubernetes.client.KubernetesConfigCustomizer;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the operator's parts together. */
final class Assembly {
  private static final Logger log = LoggerFactory.getLogger(Assembly.class);

  @Produces
  @Singleton
  Clock clock() {
    return Clock.systemUTC();
  }

  /**
   * The API server names the manager of what is written after the client's user agent, so that all
   * that the operator writes is its own by one name, whether it is created, edited or applied.
   */
  @Produces
  @Singleton
  KubernetesConfigCustomizer client() {
    return config -> config.setUserAgent(ActionRunner.FIELD_MANAGER);
  }

  @Produces
  @Singleton
  KubernetesClientObjectMapperCustomizer serialization() {
    return Assembly::leaveOutManagedFields;
  }

  /** Nobody asks for them, and they would be most of what the caches hold. */
  static void leaveOutManagedFields(ObjectMapper mapper) {
    mapper
        .configOverride(ObjectMeta.class)
        .setIgnorals(JsonIgnoreProperties.Value.forIgnoredProperties("managedFields"));
  }

  @Produces
  @Singleton
  TokenKey tokenKey(OperatorSettings settings, KubernetesClient client) {
    return KeySecret.load(client, settings.serviceNamespace(), settings.keySecret());
  }

  @Produces
  @Singleton
  ResourceSettings resourceSettings(OperatorSettings settings, TokenKey tokenKey) {
    return new ResourceSettings(
        workerImages(settings.workerImage()),
        settings.workerUser(),
        URI.create(
            "https://%s.%s.svc:%d"
                .formatted(
                    settings.serviceName(),
                    settings.serviceNamespace(),
                    ResourceSettings.REPORT_PORT)),
        settings.serviceNamespace(),
        settings.podLabels(),
        settings.terminationGracePeriod(),
        settings.coschedulingScheduler(),
        tokenKey);
  }

  private static WorkerImages workerImages(OperatorSettings.WorkerImage settings) {
    return new WorkerImages(
        settings.cpu(),
        settings.cuda(),
        settings.pullPolicy(),
        settings.pullSecrets().orElseGet(List::of));
  }

  @Produces
  @Singleton
  Leadership leadership(OperatorSettings settings) {
    return new Leadership(!settings.leaderElection().enabled());
  }

  /** Null, which the framework takes for none, if leader election is off. */
  @Produces
  @Dependent
  LeaderElectionConfiguration leaderElection(OperatorSettings settings, Leadership leadership) {
    OperatorSettings.LeaderElection election = settings.leaderElection();
    if (!election.enabled()) {
      return null;
    }
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(election.lease())
        .withLeaseNamespace(settings.serviceNamespace())
        .withIdentity(settings.podName())
        .withLeaseDuration(election.leaseDuration())
        .withRenewDeadline(election.renewDeadline())
        .withRetryPeriod(election.retryPeriod())
        // Its exit would wait for the very shutdown that it is called from.
        .withExitOnStopLeading(false)
        .withLeaderCallbacks(
            new LeaderCallbacks(
                () -> leadership.set(true),
                () -> {
                  leadership.set(false);
                  exitAside();
                },
                leader -> log.info("{} leads", leader)))
        .build();
  }

  /**
   * Who has lost the lease starts anew; on a thread that a shutdown under way does not wait for.
   */
  private static void exitAside() {
    Thread exit = new Thread(() -> System.exit(1), "leadership-lost");
    exit.setDaemon(true);
    exit.start();
  }

  @Produces
  @Singleton
  JobCaches jobCaches(Leadership leadership) {
    return new JobCaches(leadership::isLeading);
  }

  @Produces
  @Singleton
  Observer observer(
      KubernetesClient client,
      JobCaches caches,
      Heartbeats heartbeats,
      CaBundle bundle,
      Clock clock) {
    bundle.onChange(
        () ->
            caches
                .jobs()
                .forEach(
                    job ->
                        caches.reported(
                            job.getMetadata().getNamespace(), job.getMetadata().getName())));
    return new Observer(client, caches, heartbeats, bundle::pem, clock);
  }

  @Produces
  @Singleton
  Planner planner(ResourceSettings resources, OperatorSettings settings) {
    return new Planner(resources, settings.stopPatience());
  }

  @Produces
  @Singleton
  ActionRunner actionRunner(
      KubernetesClient client, JobCaches caches, OperatorSettings settings, Clock clock) {
    return new ActionRunner(
        client,
        caches,
        new EventWriter(client, clock, settings.podName()),
        new WritePace(settings.client().writesPerSecond()),
        Executors.newFixedThreadPool(settings.client().maxConcurrentWrites()));
  }
}
