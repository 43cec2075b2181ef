package io.litoperator.examples.quickstart;

import io.litoperator.examples.quickstart.Quickstart.Sizes;
import java.io.IOException;
import java.nio.file.Path;

/** Makes the quickstart's pictures, conversations and vision tower; the build runs it. */
public final class GenerateQuickstart {
  private static final long SEED = 42;

  private GenerateQuickstart() {}

  /**
   * @param args the AAR with the emoji, and the folder {@code examples/quickstart}
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length != 2) {
      throw new IllegalArgumentException("usage: GenerateQuickstart ARTWORK_AAR QUICKSTART_FOLDER");
    }
    new QuickstartFolder(Path.of(args[1]), System.out).generate(Path.of(args[0]), Sizes.FULL, SEED);
  }
}
