package io.litoperator.worker.cli;

import io.litoperator.worker.plan.Objective;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Objectives on the command line: by the names that jobs give them, in any case. */
final class Objectives implements ITypeConverter<Objective>, Iterable<String> {
  private static final List<String> NAMES =
      Arrays.stream(Objective.values()).map(Objective::label).toList();

  @Override
  public Objective convert(String name) {
    return Arrays.stream(Objective.values())
        .filter(objective -> objective.label().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'%s' is not an objective; known are %s"
                        .formatted(name, String.join(", ", NAMES))));
  }

  /** For help texts and completion. */
  @Override
  public Iterator<String> iterator() {
    return NAMES.iterator();
  }
}
