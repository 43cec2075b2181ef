package io.litoperator.operator.metrics;

import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** What the framework measures, in sum: by default it would keep series of every job. */
final class ReconcileMetrics {
  private ReconcileMetrics() {}

  @Produces
  @Singleton
  static Metrics of(MeterRegistry registry) {
    return MicrometerMetrics.withoutPerResourceMetrics(registry);
  }
}
