package io.litoperator.operator.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an installation decides. Every property can be given as an environment variable: {@code
 * lit.stop-patience} as {@code LIT_STOP_PATIENCE}.
 */
@ConfigMapping(prefix = "lit")
public interface OperatorSettings {
  WorkerImage workerImage();

  /**
   * Number of the user, the group and the volumes' group of jobs' Pods, unless the job says
   * otherwise; empty leaves them to the cluster, as OpenShift demands.
   */
  @WithDefault("65532")
  Optional<Long> workerUser();

  /** The operator's Service, by which Pods report. */
  @WithDefault("lit-operator")
  String serviceName();

  /** The namespace of the operator's Service, Pods, lease and Secrets. */
  @WithDefault("lit-operator")
  String serviceNamespace();

  /** Labels of the operator's Pods, which the jobs' network policies let reports go to. */
  @WithDefault("app.kubernetes.io/name=lit-operator")
  Map<String, String> podLabels();

  /** The operator's own Pod: its identity in the lease and in events. */
  @WithDefault("${HOSTNAME:lit-operator}")
  String podName();

  /**
   * What a coordinator is given to save a checkpoint and stop, once it was asked to, before its
   * Pods are deleted; at least the grace period.
   */
  @WithDefault("5m")
  Duration stopPatience();

  /**
   * What a worker is given to save a checkpoint between SIGTERM and SIGKILL, unless the job says
   * otherwise.
   */
  @WithDefault("2m")
  Duration terminationGracePeriod();

  /** Secret, in the operator's namespace, with the key of the jobs' tokens; made once. */
  @WithDefault("lit-operator-key")
  String keySecret();

  /** The scheduler that runs the coscheduling plugin. */
  @WithDefault("scheduler-plugins-scheduler")
  String coschedulingScheduler();

  LeaderElection leaderElection();

  Client client();

  /** Container images of jobs that name none; the chart gives the release's. */
  interface WorkerImage {
    /** With topology.device cpu. */
    @WithDefault("lit-operator/worker-cpu:latest")
    String cpu();

    /** With topology.device cuda, which is the default. */
    @WithDefault("lit-operator/worker-cuda:latest")
    String cuda();

    /** Always, IfNotPresent or Never; Kubernetes' own default without it. */
    Optional<String> pullPolicy();

    /** Names of Secrets in the jobs' namespaces. */
    Optional<List<String>> pullSecrets();
  }

  /** Which of several replicas acts. */
  interface LeaderElection {
    /** Off, two replicas would both act: only for one replica. */
    @WithDefault("true")
    boolean enabled();

    @WithDefault("lit-operator")
    String lease();

    /** For how long a leader that is not heard of is waited for. */
    @WithDefault("15s")
    Duration leaseDuration();

    /** A leader that could not renew its lease for so long ends itself. */
    @WithDefault("10s")
    Duration renewDeadline();

    @WithDefault("2s")
    Duration retryPeriod();
  }

  /**
   * Use of the API server. The client itself limits nothing: its transport heeds neither of
   * Fabric8's settings for requests under way.
   */
  interface Client {
    /** Writes of jobs' objects under way at one time. */
    @WithDefault("64")
    int maxConcurrentWrites();

    /**
     * Writes of jobs' objects, statuses and events a second, where more are due. Without it their
     * number is left to the API server's priority and fairness.
     */
    Optional<Double> writesPerSecond();
  }
}
