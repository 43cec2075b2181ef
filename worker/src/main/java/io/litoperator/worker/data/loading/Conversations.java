package io.litoperator.worker.data.loading;

import io.litoperator.worker.data.annotations.Annotation;
import io.litoperator.worker.data.annotations.AnnotationFile;
import io.litoperator.worker.data.annotations.Origin;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.DatasetPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** The annotations of one or more data sets, one after another. */
final class Conversations implements AutoCloseable {
  private final List<Part> parts = new ArrayList<>();

  /**
   * @param first index of the part's first sample
   */
  private record Part(int first, AnnotationFile annotations, Path images) {}

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

  Origin origin(int index) {
    Part part = part(index);
    return part.annotations().origin(index - part.first());
  }

  Annotation read(int index) {
    Part part = part(index);
    return part.annotations().read(index - part.first());
  }

  /** The pictures' files, which may not be there. */
  List<Path> pictures(int index, Annotation annotation) {
    return annotation.images().stream().map(part(index).images()::resolve).toList();
  }

  @Override
  public void close() {
    parts.forEach(part -> part.annotations().close());
  }

  private void add(DatasetPlan plan) {
    AnnotationFile annotations = AnnotationFile.open(plan.annotations());
    parts.add(new Part(size(), annotations, plan.images()));
    boolean pictured =
        IntStream.range(0, annotations.size()).anyMatch(i -> annotations.modalityLength(i) > 0);
    if (pictured && !(Files.isDirectory(plan.images()) && Files.isExecutable(plan.images()))) {
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
