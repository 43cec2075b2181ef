package io.litoperator.operator.progress;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the endpoint counts. Labels are codes and results of this code, never a sender's words.
 * Results are there from the start, with zero: Prometheus sees no increase to a first value.
 */
final class ProgressMeters {
  private final MeterRegistry registry;
  private final Map<Integer, Counter> answers = new ConcurrentHashMap<>();
  private final Map<String, Counter> reviews;
  private final Map<String, Counter> patches;
  private final Counter coalesced;
  private final Timer patchDelay;

  ProgressMeters(MeterRegistry registry) {
    this.registry = registry;
    this.reviews =
        byResult(
            "lit.progress.token.reviews",
            "TokenReviews, by result",
            "accepted",
            "rejected",
            "error",
            "limited");
    this.patches =
        byResult("lit.progress.patches", "Status patches, by result", "written", "gone", "failed");
    this.coalesced =
        Counter.builder("lit.progress.reports.coalesced")
            .description("Reports that a later one of their job overtook before they were written")
            .register(registry);
    this.patchDelay =
        Timer.builder("lit.progress.patch.delay")
            .description("From a report to its place in the status")
            .register(registry);
  }

  void answered(int code) {
    answers.computeIfAbsent(code, this::answers).increment();
  }

  private Counter answers(int code) {
    return Counter.builder("lit.progress.requests")
        .description("Requests to the progress endpoint, by HTTP status code")
        .tag("code", Integer.toString(code))
        .register(registry);
  }

  /**
   * @param result accepted, rejected, error, or limited if none was made
   */
  void reviewed(String result) {
    reviews.get(result).increment();
  }

  void coalesced() {
    coalesced.increment();
  }

  /**
   * @param result written, gone or failed
   */
  void patched(String result, Duration delay) {
    patches.get(result).increment();
    patchDelay.record(delay);
  }

  void queue(IntSupplier jobs) {
    Gauge.builder("lit.progress.queue.jobs", jobs::getAsInt)
        .description("Jobs whose newest report is not yet in their status")
        .register(registry);
  }

  void connections(IntSupplier open) {
    Gauge.builder("lit.progress.connections", open::getAsInt)
        .description("Open connections to the progress endpoint")
        .register(registry);
  }

  private Map<String, Counter> byResult(String name, String description, String... results) {
    return Stream.of(results)
        .collect(
            Collectors.toUnmodifiableMap(
                Function.identity(),
                result ->
                    Counter.builder(name)
                        .description(description)
                        .tag("result", result)
                        .register(registry)));
  }
}
