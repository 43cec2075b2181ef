package io.litoperator.operator.config;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.operator.metrics.CertificateExpiry;
import io.litoperator.operator.metrics.JobMetrics;
import io.litoperator.operator.metrics.MetricsSettings;
import io.litoperator.operator.progress.Heartbeats;
import io.litoperator.operator.progress.JobView;
import io.litoperator.operator.progress.ProgressEndpoint;
import io.litoperator.operator.progress.ProgressSettings;
import io.litoperator.operator.progress.Reported;
import io.litoperator.operator.reconcile.ApiStatusWriter;
import io.litoperator.operator.tls.Certificates;
import io.litoperator.operator.tls.TlsSettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Starts what takes reports and what measures, and has both look around regularly. */
@Singleton
final class Reporting {
  private final Vertx vertx;
  private final ProgressEndpoint endpoint;

  Reporting(
      Vertx vertx,
      ProgressSettings settings,
      Certificates certificates,
      JobView jobs,
      KubernetesClient client,
      Reported reported,
      MeterRegistry registry) {
    this.vertx = vertx;
    this.endpoint =
        ProgressEndpoint.start(
                vertx,
                settings,
                certificates,
                jobs,
                client,
                new ApiStatusWriter(client),
                reported,
                registry)
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  /** Loaded before anybody asks for them; without them no Pod could report. */
  @Produces
  @Singleton
  static Certificates certificates(
      TlsSettings tls, OperatorSettings settings, KubernetesClient client, Clock clock) {
    Certificates certificates =
        Certificates.of(tls, client, settings.serviceNamespace(), settings.serviceName(), clock);
    certificates.refresh();
    return certificates;
  }

  @Produces
  @Singleton
  static JobMetrics jobMetrics(MeterRegistry registry, MetricsSettings metrics) {
    return new JobMetrics(registry, metrics.maxJobs());
  }

  @Produces
  @Singleton
  Heartbeats heartbeats() {
    return endpoint;
  }

  void start(
      @Observes StartupEvent event,
      Certificates certificates,
      TlsSettings tls,
      JobView jobs,
      MetricsSettings metrics,
      JobMetrics figures,
      MeterRegistry registry,
      Clock clock) {
    CertificateExpiry.bind(certificates, registry);
    Gauge.builder("lit.operator.active", jobs, view -> view.ready() ? 1 : 0)
        .description("1 if this process leads and sees the jobs")
        .register(registry);
    Regularly.every(
        vertx,
        tls.checkInterval(),
        "The certificates could not be looked at",
        certificates::refresh);
    Regularly.every(
        vertx,
        metrics.interval(),
        "The jobs could not be measured",
        () -> {
          if (jobs.ready()) {
            figures.look(() -> jobs.jobs().toList(), clock.instant());
          }
        });
  }

  void stop(@Observes ShutdownEvent event) {
    endpoint.close();
  }
}
