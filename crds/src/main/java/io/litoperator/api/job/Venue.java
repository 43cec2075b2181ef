package io.litoperator.api.job;

/** Where a job is to run. */
public enum Venue {
  /** On this machine, by {@code lit run}. */
  MACHINE("cpu"),
  /** In the Pods that the operator makes. */
  CLUSTER("cuda");

  private final String device;

  Venue(String device) {
    this.device = device;
  }

  /** What a rank computes on where the job does not say: a value of {@code topology.device}. */
  public String device() {
    return device;
  }
}
