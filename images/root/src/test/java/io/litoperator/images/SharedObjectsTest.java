package io.litoperator.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedObjectsTest {
  private static final String LDD =
      """
      	linux-vdso.so.1 (0x00007ffe3a5f2000)
      	libjvm.so => not found
      	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f6f0ae1f000)
      	/lib64/ld-linux-x86-64.so.2 (0x00007f6f0b020000)
      """;

  @Test
  void readsThePathsThatLddPrints() {
    assertThat(SharedObjects.found(LDD))
        .containsExactly(
            Path.of("/lib/x86_64-linux-gnu/libc.so.6"), Path.of("/lib64/ld-linux-x86-64.so.2"));
  }

  @Test
  void readsTheNamesThatLddDoesNotFind() {
    assertThat(SharedObjects.missing(LDD)).containsExactly("libjvm.so");
  }

  @Test
  void copiesTheLoaderAndTheCLibraryToWhereTheyAreLookedFor(@TempDir Path root)
      throws IOException, InterruptedException {
    Path runtime = Path.of(System.getProperty("java.home")).toRealPath();
    SharedObjects needed = SharedObjects.neededBy(runtime.resolve("bin"));
    needed.copyBelow(root);
    assertThat(needed.paths())
        .anyMatch(path -> path.endsWith("libc.so.6"))
        .anyMatch(path -> path.getFileName().toString().startsWith("ld-linux"))
        .as("libtorch for CUDA is linked to it")
        .anyMatch(path -> path.endsWith("libutil.so.1"))
        .allSatisfy(path -> assertThat(root.resolve(path.toString().substring(1))).exists());
  }
}
