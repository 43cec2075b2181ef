package io.litoperator.worker.distributed.agent;

import java.util.Comparator;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The stacks of this process's threads, as text. */
final class Stacks {
  private Stacks() {}

  static String ofAllThreads() {
    return Thread.getAllStackTraces().entrySet().stream()
        .sorted(Comparator.comparing(entry -> entry.getKey().getName()))
        .map(Stacks::describe)
        .collect(Collectors.joining("\n"));
  }

  private static String describe(Map.Entry<Thread, StackTraceElement[]> entry) {
    Thread thread = entry.getKey();
    String title = "\"%s\" %s%n".formatted(thread.getName(), thread.getState());
    return Stream.of(entry.getValue())
        .map(frame -> "    at " + frame + System.lineSeparator())
        .collect(Collectors.joining("", title, ""));
  }
}
