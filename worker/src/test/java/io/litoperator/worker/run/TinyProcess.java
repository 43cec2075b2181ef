package io.litoperator.worker.run;

import io.litoperator.worker.JavaProcess;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.PlanCodec;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.report.JsonLines;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** A run that is a process of its own, for tests that signal or confine it. */
final class TinyProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader events;

  private TinyProcess(Process process) {
    this.process = process;
    this.events = process.inputReader();
  }

  static TinyProcess start(RunPlan plan, Path planFile, LocalRun.Options options) {
    return start(List.of(), plan, planFile, options);
  }

  /**
   * @param wrapper command that executes the one that follows it
   */
  static TinyProcess start(
      List<String> wrapper, RunPlan plan, Path planFile, LocalRun.Options options) {
    PlanCodec.write(plan, planFile);
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(
        JavaProcess.command(
            TinyProcess.class,
            planFile.toString(),
            options.output().toString(),
            String.valueOf(options.seeds()),
            String.valueOf(options.resume())));
    options.compare().forEach(objective -> command.add(objective.name()));
    try {
      return new TinyProcess(
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void main(String[] arguments) {
    LocalRun.Options options =
        new LocalRun.Options(
            Path.of(arguments[1]),
            Arrays.stream(arguments).skip(4).map(Objective::valueOf).toList(),
            Integer.parseInt(arguments[2]),
            Boolean.parseBoolean(arguments[3]));
    ExitCode code;
    try {
      RunPlan plan = PlanCodec.read(Path.of(arguments[0]));
      code = new LocalRun(plan, options, new JsonLines(System.out)).run();
    } catch (Failure e) {
      System.out.println(e.getMessage());
      code = e.exitCode();
    }
    System.exit(code.code());
  }

  /** Reads what the run tells until a line that is waited for. */
  TinyProcess await(Predicate<String> line) throws IOException {
    for (String told = events.readLine(); told != null; told = events.readLine()) {
      if (line.test(told)) {
        return this;
      }
    }
    throw new AssertionError("the run ended first");
  }

  TinyProcess signal(String name) {
    RankProcesses.signal(name, process.pid());
    return this;
  }

  RankProcesses ranks() {
    return new RankProcesses(process.toHandle());
  }

  Process process() {
    return process;
  }

  /** Exit code; what is still told is passed over. */
  int exitCode() throws IOException, InterruptedException {
    rest();
    return process.waitFor();
  }

  /** What is told from here to the end. */
  List<String> rest() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = events.readLine(); line != null; line = events.readLine()) {
      lines.add(line);
    }
    return lines;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
