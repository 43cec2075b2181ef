package io.litoperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/**
 * What is done when a rank dies or hangs.
 *
 * @param maxRestarts Attempts after the first before the job fails.
 * @param resetAfterSteps Steps of training, beyond all that had been taken by the last restart that
 *     counts, after which the count against maxRestarts begins anew. Default: it never does.
 * @param inPlace Whether ranks are restarted within their Pods.
 * @param hangTimeout Longest time in which a rank that trains takes no step, or a checkpoint that
 *     is saved does not get on: 30s, 20m, 2h. While ranks load or evaluate, in which none tells of
 *     anything; ten minutes at least.
 * @param rules Tried in order before the exit codes' own meaning; the first that fits decides.
 */
public record RecoverySpec(
    @Default("10") @Min(0) @Max(10000) Integer maxRestarts,
    @Min(1) @Max(1_000_000_000) Integer resetAfterSteps,
    @Default("true") Boolean inPlace,
    @Default("20m") @Pattern("^[1-9][0-9]{0,8}[smh]$") String hangTimeout,
    @Size(max = 32) List<Rule> rules) {

  /**
   * @param on A worker's exit code ("71") or a Pod's reason ("OOMKilled"). Quote this key too
   *     ("on"): kubectl reads a bare on as true.
   * @param action End the job (fail), restart, or restart without counting it (restartFree).
   */
  public record Rule(
      @Required @Pattern("^([0-9]{1,3}|[A-Za-z]+)$") @Size(min = 1, max = 63) String on,
      @Required Action action) {}

  public enum Action {
    @JsonProperty("fail")
    FAIL,
    @JsonProperty("restart")
    RESTART,
    @JsonProperty("restartFree")
    RESTART_FREE
  }
}
