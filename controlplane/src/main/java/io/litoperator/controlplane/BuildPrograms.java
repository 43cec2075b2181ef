package io.litoperator.controlplane;

/**
 * Builds whatever of a control plane and a node is absent, for tests that run where there is no
 * network to get it by.
 */
public final class BuildPrograms {
  private BuildPrograms() {}

  public static void main(String[] args) {
    Binaries binaries = Binaries.ofThisMachine();
    for (Binary binary : Binary.values()) {
      System.out.println(binaries.path(binary));
    }
  }
}
