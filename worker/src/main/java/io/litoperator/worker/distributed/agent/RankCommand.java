package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.torch.Torch;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a rank is started; the same for all ranks, which learn from {@link RankEnvironment} who they
 * are.
 *
 * @param command program and arguments
 * @param environment added to the agent's own, where that has nothing of the name
 */
public record RankCommand(List<String> command, Map<String, String> environment) {
  /** Beside this class; {@code bin/lit} takes it, too. */
  private static final String MEMORY = "memory.env";

  public RankCommand {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  /**
   * A class of this program, in a Java process like this one. Its heap starts small, since what is
   * large in a rank lies outside of it.
   */
  public static RankCommand java(String mainClass, String... arguments) {
    Stream<String> java =
        Stream.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xms32m",
            "-cp",
            System.getProperty("java.class.path"),
            mainClass);
    return new RankCommand(Stream.concat(java, Stream.of(arguments)).toList(), memory());
  }

  /** The same for ranks that compute in a precision. */
  public RankCommand in(Precision precision) {
    if (precision != Precision.TF32) {
      return this;
    }
    Map<String, String> variables = new HashMap<>(environment);
    variables.put(Torch.ALLOW_TF32, "1");
    return new RankCommand(command, variables);
  }

  /** The same with another argument. */
  RankCommand with(String argument) {
    return new RankCommand(
        Stream.concat(command.stream(), Stream.of(argument)).toList(), environment);
  }

  private static Map<String, String> memory() {
    Properties settings = new Properties();
    try (InputStream file = RankCommand.class.getResourceAsStream(MEMORY)) {
      settings.load(new InputStreamReader(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return settings.stringPropertyNames().stream()
        .collect(Collectors.toMap(name -> name, settings::getProperty));
  }

  /** Adds the environment to that of a process; what its user has set stays. */
  void addTo(Map<String, String> variables) {
    environment.forEach(variables::putIfAbsent);
  }
}
