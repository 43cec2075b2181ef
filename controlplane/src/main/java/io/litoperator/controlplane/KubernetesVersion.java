package io.litoperator.controlplane;

import java.util.Arrays;

/**
 * A version of Kubernetes that tests may run against. A Go module of ours pins its programs, and an
 * etcd that goes with it.
 */
public enum KubernetesVersion {
  /** The oldest that the operator supports. */
  V1_30("v1.30.14"),
  V1_34("v1.34.4"),
  V1_35("v1.35.4");

  private static final KubernetesVersion DEFAULT = V1_34;

  private final String version;

  KubernetesVersion(String version) {
    this.version = version;
  }

  /**
   * The one that {@code -Dlit.kubernetes} names, as {@code 1.30}.
   *
   * @throws IllegalArgumentException if it names another than these
   */
  public static KubernetesVersion chosen() {
    String name = System.getProperty("lit.kubernetes", "");
    return name.isEmpty() ? DEFAULT : named(name);
  }

  static KubernetesVersion named(String name) {
    return Arrays.stream(values())
        .filter(each -> each.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "lit.kubernetes is %s; choose one of %s."
                        .formatted(name, Arrays.toString(values()))));
  }

  /** With its patch, as {@code v1.30.14}. */
  public String full() {
    return version;
  }

  /** As {@code 30}. */
  String minor() {
    return version.split("\\.")[1];
  }

  /** As {@code 1.30}. */
  @Override
  public String toString() {
    return "1." + minor();
  }
}
