package io.litoperator.operator.metrics;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Bounds of what is measured. */
@ConfigMapping(prefix = "lit.metrics")
public interface MetricsSettings {
  /**
   * Jobs with series of their own. Of more, the oldest unfinished ones have them, and then those
   * that ended last.
   */
  @WithDefault("500")
  int maxJobs();

  /** Between two looks at the jobs. */
  @WithDefault("5s")
  Duration interval();
}
