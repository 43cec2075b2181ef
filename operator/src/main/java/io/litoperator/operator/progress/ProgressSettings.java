package io.litoperator.operator.progress;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Bounds of the progress endpoint. The defaults suit some thousands of jobs on one core's part. */
@ConfigMapping(prefix = "lit.progress")
public interface ProgressSettings {
  /** TCP port; 0 takes any free one. */
  @WithDefault("8443")
  int port();

  /** Connections open at once; beyond, those that have not shown a good token go first. */
  @WithDefault("4096")
  int maxConnections();

  /** Longest that a connection may take for its first good request, and a body to arrive. */
  @WithDefault("10s")
  Duration requestTimeout();

  /** Longest between two requests of a connection. */
  @WithDefault("60s")
  Duration idleTimeout();

  Reports reports();

  Patches patches();

  TokenReviews tokenReviews();

  /** What one job may send. */
  interface Reports {
    @WithDefault("20")
    int burst();

    @WithDefault("1")
    double perSecond();
  }

  /** What is written to the API server. */
  interface Patches {
    /** Shortest between two writes of one job, unless there is news. */
    @WithDefault("5s")
    Duration interval();

    /** Of all jobs: steps and losses, for which a job waits its turn. */
    @WithDefault("20")
    double perSecond();

    /** Of all jobs, news included. */
    @WithDefault("100")
    double newsPerSecond();

    /** Writes under way at once. */
    @WithDefault("8")
    int concurrency();
  }

  /** What unknown tokens may cost. */
  interface TokenReviews {
    /** Must do for all jobs' Pods after a restart of the operator. */
    @WithDefault("200")
    int burst();

    @WithDefault("50")
    double perSecond();

    @WithDefault("10")
    int burstPerAddress();

    @WithDefault("1")
    double perSecondPerAddress();
  }
}
