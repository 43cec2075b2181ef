package io.litoperator.operator.resource;

/** Labels and annotations by which a job's objects are found and compared. */
public final class Labels {
  /** The job's name, on all of its objects. */
  public static final String JOB = "lit-operator.io/job";

  /** The Pod's node index, from 0. */
  public static final String NODE_INDEX = "lit-operator.io/node-index";

  /** The attempt from which the Pod takes part, from 1. */
  public static final String ATTEMPT = "lit-operator.io/attempt";

  /** Annotation: SHA-256 of the object as it was built, without this annotation itself. */
  public static final String APPLIED_HASH = "lit-operator.io/applied-hash";

  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  /** Value of {@link #MANAGED_BY}. */
  public static final String OPERATOR = "lit-operator";

  private Labels() {}
}
