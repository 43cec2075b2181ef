package io.litoperator.worker.checkpoint;

import static io.litoperator.worker.checkpoint.Snapshots.finetune;

import io.litoperator.worker.distributed.Alone;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A process that resumes, saves step after step, and says so, until it is killed. */
final class SaveUntilKilled {
  private static final Map<String, long[]> SHAPES =
      Map.of("large", new long[] {512, 512}, "small", new long[] {3});

  private SaveUntilKilled() {}

  /**
   * @param arguments the job's folder
   */
  public static void main(String[] arguments) {
    CheckpointStore store = new CheckpointStore(Path.of(arguments[0]));
    store.of(0, "pod").recover(notice -> {});
    Optional<CheckpointId> newest = store.newestVerified(System.err::println);
    long step = newest.map(CheckpointId::step).orElse(0L);
    try (CheckpointWriter writer =
        new CheckpointWriter(
            store.of(0, "pod"),
            2,
            complete -> newest.map(Set::of).orElse(Set.of()),
            saved -> System.out.println(saved.id().step()),
            System.err::println,
            underWay -> {})) {
      while (true) {
        step++;
        writer.begin(finetune(step), new Alone());
        writer.submit(Snapshots.of(finetune(step), step, SHAPES));
      }
    }
  }
}
