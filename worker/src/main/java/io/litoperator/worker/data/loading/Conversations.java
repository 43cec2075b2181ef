package io.litoperator.worker.data.loading;

import io.litoperator.worker.data.annotations.Annotations;
import io.litoperator.worker.data.annotations.StoredSample;
import io.litoperator.worker.data.sampling.Draws;
import io.litoperator.worker.data.sampling.Draws.Portion;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.DatasetPlan;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** The annotations of one or more data sets, one after another. */
final class Conversations implements AutoCloseable {
  /** Far more than any run sees, and few enough to be shuffled in memory. */
  private static final int MOST_DRAWS = 100_000_000;

  private final List<Part> parts = new ArrayList<>();

  /**
   * @param first index of the part's first sample
   */
  private record Part(int first, Annotations annotations, double weight) {
    Portion portion() {
      return new Portion(annotations.size(), weight);
    }
  }

  private Conversations() {}

  /**
   * @throws Failure if an annotation file is missing or not JSON, or an image folder is missing
   */
  static Conversations open(List<DatasetPlan> plans) {
    Conversations conversations = new Conversations();
    try {
      plans.forEach(conversations::add);
      return conversations;
    } catch (Failure e) {
      conversations.close();
      throw e;
    }
  }

  int size() {
    return parts.stream().mapToInt(part -> part.annotations().size()).sum();
  }

  int[] modalityLengths() {
    return parts.stream()
        .map(Part::annotations)
        .flatMapToInt(file -> IntStream.range(0, file.size()).map(file::modalityLength))
        .toArray();
  }

  Draws draws() {
    return new Draws(parts.stream().map(Part::portion).toList());
  }

  /** Neighbouring samples of one data set, {@code from} inclusive to {@code to} exclusive. */
  record Range(int from, int to) {}

  /** All samples in their order, at most so many at once. */
  List<Range> ranges(int most) {
    List<Range> ranges = new ArrayList<>();
    for (Part part : parts) {
      int end = part.first() + part.annotations().size();
      for (int from = part.first(); from < end; from += most) {
        ranges.add(new Range(from, Math.min(from + most, end)));
      }
    }
    return ranges;
  }

  StoredSample read(int index) {
    Part part = part(index);
    return part.annotations().read(index - part.first());
  }

  /** Samples {@code from} to {@code to} of one data set. */
  List<StoredSample> read(int from, int to) {
    Part part = part(from);
    return part.annotations().read(from - part.first(), to - part.first());
  }

  @Override
  public void close() {
    parts.forEach(part -> part.annotations().close());
  }

  private void add(DatasetPlan plan) {
    Annotations annotations = Annotations.open(plan.annotations(), plan.images());
    Portion portion = new Portion(annotations.size(), plan.weight());
    if (portion.perEpoch() < 1 || portion.perEpoch() > MOST_DRAWS) {
      annotations.close();
      throw new Failure(
          ExitCode.INVALID,
          "%s: weight %s would draw %d of its %d samples in an epoch; give one that draws 1 to %d."
              .formatted(
                  plan.annotations(),
                  plan.weight(),
                  portion.perEpoch(),
                  annotations.size(),
                  MOST_DRAWS));
    }
    parts.add(new Part(size(), annotations, plan.weight()));
    if (annotations.needsImages()
        && IntStream.range(0, annotations.size()).anyMatch(i -> annotations.modalityLength(i) > 0)
        && !(Files.isDirectory(plan.images()) && Files.isExecutable(plan.images()))) {
      throw new Failure(
          ExitCode.INPUT_MISSING,
          "Image folder %s is not there or cannot be opened; the data set's images must name it."
              .formatted(plan.images()));
    }
  }

  private Part part(int index) {
    Part found = null;
    for (Part part : parts) {
      if (part.first() <= index) {
        found = part;
      }
    }
    return Objects.requireNonNull(found, "no sample " + index);
  }
}
