package io.litoperator.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that runs until it is closed. What it prints is in a file. */
public final class Program implements AutoCloseable {
  private static final int SECONDS_TO_END = 10;
  private static final int LINES_TOLD = 20;

  private final String name;
  private final Path log;
  private final Process process;

  private Program(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
  }

  /**
   * @param log appended to; its folder must exist
   * @throws UncheckedIOException if the command cannot be started
   */
  public static Program start(String name, Path log, List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      Program program = new Program(name, log, builder.start());
      Runtime.getRuntime().addShutdownHook(new Thread(program.process::destroyForcibly));
      return program;
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot be started.", e);
    }
  }

  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  /** Processor time since its start. */
  public Duration cpu() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** Sends a signal by its name, as {@code STOP}. */
  public void signal(String signal) {
    Command.run("kill", "-" + signal, String.valueOf(pid()));
  }

  /**
   * @throws IllegalStateException with the end of the log if the process has ended
   */
  public void requireAlive() {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          name + " ended with exit code " + process.exitValue() + ":\n" + endOfLog());
    }
  }

  /** The last lines that it printed. */
  public String endOfLog() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_TOLD), lines.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks it to end, and kills it where it does not within ten seconds. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
