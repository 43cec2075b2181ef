package io.litoperator.images;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Assembles, from this machine, what an image without a base needs: a Java runtime in {@code
 * runtime}, and in {@code root} the shared objects under the paths where they are looked for.
 */
public final class AssembleRoot {
  private AssembleRoot() {}

  /**
   * @param args home of a JDK, and the folder to write into
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path jdk = Path.of(args[0]);
    Path target = Path.of(args[1]);
    Path runtime = JavaRuntime.link(jdk, target.resolve("runtime"));
    SharedObjects.neededBy(runtime).copyBelow(target.resolve("root"));
  }
}
