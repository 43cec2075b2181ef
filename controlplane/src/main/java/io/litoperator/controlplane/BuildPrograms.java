package io.litoperator.controlplane;

import java.util.Arrays;
import java.util.List;

/** Builds what is absent, for tests that run where there is no network to get it by. */
public final class BuildPrograms {
  private BuildPrograms() {}

  /**
   * @param names of programs' files; without any, those of a control plane and a node
   */
  public static void main(String[] names) {
    Binaries binaries = Binaries.ofThisMachine();
    List<Binary> wanted =
        names.length == 0 ? Binary.ofCluster() : Arrays.stream(names).map(Binary::named).toList();
    for (Binary binary : wanted) {
      System.out.println(binaries.path(binary));
    }
  }
}
