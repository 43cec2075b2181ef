package io.litoperator.worker;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of ours that tests start beside themselves. */
public final class JavaProcess {
  private JavaProcess() {}

  /**
   * To run a command whose standard error is read: with {@code JAVA_TOOL_OPTIONS}, Java would say
   * there that it takes them.
   */
  public static ProcessBuilder silent(List<String> command) {
    ProcessBuilder process = new ProcessBuilder(command);
    process.environment().remove("JAVA_TOOL_OPTIONS");
    return process;
  }

  /** Waits for a file that a process writes; fails if the process ends without. */
  public static void awaitFile(Process process, Path file) throws InterruptedException {
    while (!Files.exists(file)) {
      if (process.waitFor(20, TimeUnit.MILLISECONDS) && !Files.exists(file)) {
        throw new AssertionError(
            "the process ended with %d and without %s".formatted(process.exitValue(), file));
      }
    }
  }

  /** A command that runs a class with the tests' class path and answers to signals. */
  public static List<String> command(Class<?> program, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                // A shell starts what it puts in the background with SIGINT ignored.
                "env",
                "--default-signal=INT,TERM",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                program.getName()));
    command.addAll(List.of(arguments));
    return command;
  }
}
