package io.litoperator.operator.access;

import java.util.List;

/** All rights of the operator. What is there already is read, and applied. */
public final class Grants {
  private static final String CORE = "";
  private static final String JOBS = "lit-operator.io";

  /** In every namespace whose jobs are reconciled. What belongs to a job goes with its owner. */
  public static final List<Grant> IN_JOB_NAMESPACES =
      List.of(
          // Deleted when ttlSecondsAfterFinished is over.
          Grant.on(JOBS, "littrainingjobs", "get", "list", "watch", "delete"),
          Grant.on(JOBS, "littrainingjobs/status", "patch"),
          // Patched to take off Kueue's finalizer, and to give Kueue its quota back.
          Grant.on(CORE, "pods", "get", "list", "watch", "create", "patch", "delete"),
          Grant.on(CORE, "services", "get", "list", "watch", "create", "patch"),
          Grant.on(CORE, "configmaps", "get", "list", "watch", "create", "patch"),
          Grant.on(CORE, "serviceaccounts", "get", "list", "watch", "create", "patch"),
          Grant.on(
              "networking.k8s.io", "networkpolicies", "get", "list", "watch", "create", "patch"),
          // Never read, nor written over.
          Grant.on(CORE, "secrets", "create"),
          // Listed of a Pod whose container does not come: why.
          Grant.on("events.k8s.io", "events", "list", "create"),
          Grant.on("scheduling.volcano.sh", "podgroups", "get", "create", "patch"),
          Grant.on("scheduling.x-k8s.io", "podgroups", "get", "create", "patch"),
          // Owned by the job while its Pods change, and deleted when it leaves its queue.
          Grant.on("kueue.x-k8s.io", "workloads", "get", "patch", "delete"));

  /** In the operator's own namespace. */
  public static final List<Grant> IN_OWN_NAMESPACE =
      List.of(
          Grant.on("coordination.k8s.io", "leases", "get", "create", "update", "patch"),
          // Its certificate authority and serving certificate; the key of the jobs' tokens.
          Grant.on(CORE, "secrets", "get", "create", "update"));

  /** In the cluster, whatever namespaces are watched. */
  public static final List<Grant> IN_CLUSTER =
      List.of(Grant.on("authentication.k8s.io", "tokenreviews", "create"));

  private Grants() {}
}
