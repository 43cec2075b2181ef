package io.litoperator.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Commands that end by themselves. */
public final class Command {
  private Command() {}

  /**
   * Runs a command to its end.
   *
   * @return what it printed, both streams together
   * @throws IllegalStateException with what it printed, if its exit code is not 0
   */
  public static String run(String... command) {
    return run(List.of(command));
  }

  /** As {@link #run(String...)}. */
  public static String run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      if (code != 0) {
        throw new IllegalStateException(
            String.join(" ", command) + " ended with exit code " + code + ":\n" + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(String.join(" ", command) + " cannot be run.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while " + command.get(0) + " ran.", e);
    }
  }
}
