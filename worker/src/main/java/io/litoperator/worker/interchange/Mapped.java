package io.litoperator.worker.interchange;

import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.report.Numbers;
import io.litoperator.worker.safetensors.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What became of each tensor when a model's folder was written anew.
 *
 * @param passedOver tensors that no model needs, by their names in the source
 * @param notes what else a person should know; a line each
 */
public record Mapped(List<Tensor> tensors, List<String> passedOver, List<String> notes) {
  public Mapped {
    tensors = List.copyOf(tensors);
    passedOver = List.copyOf(passedOver);
    notes = List.copyOf(notes);
  }

  Mapped with(String note) {
    List<String> more = new ArrayList<>(notes);
    more.add(note);
    return new Mapped(tensors, passedOver, more);
  }

  /**
   * A tensor with its name and type in the source and in the target.
   *
   * @param elements in the target
   */
  public record Tensor(
      ModelPart part, String from, String to, DType fromType, DType toType, long elements) {}

  /** A table for people: a line for each part of the model, then what was left out, then notes. */
  public List<String> lines() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("part", "tensors", "parameters", "from", "to"));
    Map<ModelPart, List<Tensor>> parts =
        tensors.stream()
            .collect(Collectors.groupingBy(Tensor::part, TreeMap::new, Collectors.toList()));
    parts.forEach(
        (part, of) ->
            rows.add(
                List.of(
                    part.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    Numbers.count(of.size()),
                    Numbers.shortCount(of.stream().mapToLong(Tensor::elements).sum()),
                    side(
                        of.stream().map(Tensor::from).toList(),
                        of.stream()
                            .map(Tensor::fromType)
                            .collect(Collectors.toCollection(TreeSet::new))),
                    side(
                        of.stream().map(Tensor::to).toList(),
                        of.stream()
                            .map(Tensor::toType)
                            .collect(Collectors.toCollection(TreeSet::new))))));
    List<String> lines = new ArrayList<>(aligned(rows));
    if (!passedOver.isEmpty()) {
      lines.add("left out, as no model needs them: " + String.join(", ", passedOver));
    }
    lines.addAll(notes);
    return lines;
  }

  private static String side(List<String> names, TreeSet<DType> types) {
    String type = types.stream().map(DType::name).collect(Collectors.joining("/"));
    return type + " " + commonPrefix(names) + "*";
  }

  private static String commonPrefix(List<String> names) {
    String first = names.get(0);
    int length = first.lastIndexOf('.') + 1;
    for (String name : names) {
      while (!name.startsWith(first.substring(0, length))) {
        length = first.lastIndexOf('.', length - 2) + 1;
      }
    }
    return first.substring(0, length);
  }

  private static List<String> aligned(List<List<String>> rows) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream()
        .map(
            row -> {
              StringBuilder line = new StringBuilder();
              for (int i = 0; i < columns; i++) {
                boolean number = i == 1 || i == 2;
                String form = number ? "%" + widths[i] + "s  " : "%-" + widths[i] + "s  ";
                line.append(form.formatted(row.get(i)));
              }
              return line.toString().stripTrailing();
            })
        .toList();
  }
}
