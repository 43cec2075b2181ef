package io.litoperator.worker.safetensors;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tensors that are divided over files: a tensor's elements are those which the files hold under its
 * name, one file's after the other's. A tensor that is whole in one file is the simplest case.
 *
 * @param files in the order of their pieces
 */
public record DividedTensors(List<Safetensors> files) {
  public DividedTensors {
    files = List.copyOf(files);
  }

  /**
   * Opens files; their order is that of the pieces.
   *
   * @throws Failure as of {@link Safetensors#open}
   */
  public static DividedTensors open(List<Path> paths) {
    return new DividedTensors(paths.stream().map(Safetensors::open).toList());
  }

  public Set<String> names() {
    return files.stream().flatMap(file -> file.names().stream()).collect(Collectors.toSet());
  }

  /** Of all pieces together; 0 if there is no such tensor. */
  public long elements(String name) {
    return holding(name).stream().mapToLong(file -> file.info(name).elements()).sum();
  }

  /**
   * Appends a stretch of a tensor's values to a buffer; only the files that hold some of it are
   * read.
   *
   * @throws Failure {@code BAD_DATA} if the files do not hold so many elements, and as of {@link
   *     Safetensors#read}
   */
  public void read(String name, long start, long end, FloatBuffer into) {
    long first = 0;
    for (Safetensors file : holding(name)) {
      long size = file.info(name).elements();
      long from = Math.max(start, first);
      long to = Math.min(end, first + size);
      if (from < to) {
        file.read(name, from - first, to - first, into);
      }
      first += size;
    }
    if (end > first) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s hold %d elements of tensor %s, too few for this model; use the files of its own checkpoint."
              .formatted(files.stream().map(Safetensors::file).toList(), first, name));
    }
  }

  private List<Safetensors> holding(String name) {
    return files.stream().filter(file -> file.contains(name)).toList();
  }
}
