package io.litoperator.operator.resource;

/** Where a job's coordinator waits for the other Pods' agents: the only port that is not chosen. */
final class RendezvousPort {
  private static final int FIRST = 29400;

  /** Below those that services take of nodes, and those that programs are given. */
  private static final int COUNT = 512;

  private RendezvousPort() {}

  /**
   * Of a job on its nodes' own network, one that hardly another has: two jobs of one port cannot
   * have their coordinators on one node.
   */
  static int of(Template template, Ownership ownership) {
    return template.hostNetwork()
        ? FIRST + Math.floorMod(ownership.uid().hashCode(), COUNT)
        : FIRST;
  }
}
