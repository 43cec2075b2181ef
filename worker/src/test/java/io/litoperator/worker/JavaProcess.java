package io.litoperator.worker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs of ours that tests start beside themselves. */
public final class JavaProcess {
  private JavaProcess() {}

  /** A command that runs a class with the tests' class path and answers to signals. */
  public static List<String> command(Class<?> program, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                // A shell starts what it puts in the background with SIGINT ignored.
                "env",
                "--default-signal=INT,TERM",
                // Java would say on its standard error that it takes them.
                "--unset=JAVA_TOOL_OPTIONS",
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
