package io.litoperator.worker.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExitCodeTest {
  @TempDir Path folder;

  @Test
  void whatIsNotThereOrNotForUsIsMissing() {
    assertThat(ofReading(folder.resolve("absent"))).isEqualTo(ExitCode.INPUT_MISSING);
    assertThat(ofReading(folder)).as("a folder").isEqualTo(ExitCode.INPUT_MISSING);
    assertThat(ExitCode.ofReading(folder, new AccessDeniedException("secret")))
        .isEqualTo(ExitCode.INPUT_MISSING);
  }

  @Test
  void textInNoEncodingIsBadData() throws IOException {
    Path file = Files.write(folder.resolve("text"), new byte[] {(byte) 0xff});
    IOException cause = catchThrowableOfType(IOException.class, () -> Files.readString(file));

    assertThat(ExitCode.ofReading(file, cause)).isEqualTo(ExitCode.BAD_DATA);
  }

  /** A process's own memory at 0 reads as a broken disk does. */
  @Test
  void aDeviceThatFailsIsAFaultOfTheStorage() {
    Path broken = Path.of("/proc/self/mem");
    assumeTrue(Files.isReadable(broken), "needs Linux");

    assertThat(ofReading(broken)).isEqualTo(ExitCode.STORAGE);
  }

  private static ExitCode ofReading(Path path) {
    IOException cause = catchThrowableOfType(IOException.class, () -> Files.readAllBytes(path));
    assertThat(cause).isNotNull();
    return ExitCode.ofReading(path, cause);
  }
}
