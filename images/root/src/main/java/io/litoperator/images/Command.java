package io.litoperator.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A program of this machine. */
final class Command {
  private Command() {}

  /**
   * Runs a program to its end.
   *
   * @return what it printed
   * @throws IOException if it cannot be started, or ends with an exit code other than 0
   */
  static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException(
          "%s ended with exit code %d: %s"
              .formatted(String.join(" ", command), code, output.strip()));
    }
    return output;
  }
}
