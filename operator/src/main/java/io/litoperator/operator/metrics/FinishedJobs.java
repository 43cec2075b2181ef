package io.litoperator.operator.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;

/**
 * How many jobs have ended, and how, by namespace. Labels must be few: the first namespaces that
 * have jobs get series, all others count together.
 */
final class FinishedJobs {
  /** No namespace has such a name. */
  static final String OTHER = "_other";

  private final MeterRegistry registry;
  private final int maxNamespaces;
  private final Map<String, Ends> byNamespace = new HashMap<>();

  private record Ends(Counter succeeded, Counter failed) {}

  FinishedJobs(MeterRegistry registry, int maxNamespaces) {
    this.registry = registry;
    this.maxNamespaces = maxNamespaces;
  }

  /** To be called before a job ends: Prometheus sees no increase to a first value. */
  synchronized void expect(String namespace) {
    ends(namespace);
  }

  synchronized void count(Happening.Finished finished) {
    Ends ends = ends(finished.namespace());
    (finished.succeeded() ? ends.succeeded() : ends.failed()).increment();
  }

  private Ends ends(String namespace) {
    boolean listed = byNamespace.containsKey(namespace) || byNamespace.size() < maxNamespaces;
    return byNamespace.computeIfAbsent(
        listed ? namespace : OTHER,
        name -> new Ends(counter(name, "Succeeded"), counter(name, "Failed")));
  }

  private Counter counter(String namespace, String result) {
    return Counter.builder("lit.jobs.finished")
        .description("Jobs that have ended")
        .tag("namespace", namespace)
        .tag("result", result)
        .register(registry);
  }
}
