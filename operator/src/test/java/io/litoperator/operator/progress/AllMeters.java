package io.litoperator.operator.progress;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/** Has the endpoint's meters show all that they can. */
public final class AllMeters {
  private AllMeters() {}

  public static void register(MeterRegistry registry) {
    ProgressMeters meters = new ProgressMeters(registry);
    meters.answered(200);
    meters.reviewed("accepted");
    meters.coalesced();
    meters.patched("written", Duration.ZERO);
    meters.queue(() -> 0);
    meters.connections(() -> 0);
  }
}
