package io.litoperator.worker.checkpoint;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.safetensors.DividedTensors;
import io.litoperator.worker.safetensors.Weights;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A checkpoint opened for reading. Its tensors are mapped into memory; there is nothing to close.
 *
 * @param model parameters
 * @param optimizer moments, of all shards in their order
 */
public record Checkpoint(
    Path folder, TrainingState state, Weights model, DividedTensors optimizer) {

  /**
   * Reads every byte once to verify it, then opens.
   *
   * @throws Failure {@code BAD_DATA} naming the file, if one is missing, truncated or altered;
   *     {@code INPUT_MISSING} if there is no such folder
   */
  public static Checkpoint open(Path folder) {
    return open(folder, Progress.NONE);
  }

  /**
   * As {@link #open(Path)}.
   *
   * @param progress told how far the verifying is
   */
  public static Checkpoint open(Path folder, Progress progress) {
    return checked(
        folder,
        (manifest, of) -> manifest.requireContent(of, String.valueOf(of.getFileName()), progress));
  }

  /**
   * Opens a checkpoint that this run has verified already, for example its agent before it started
   * the ranks; checks only that the files are there in their sizes.
   */
  public static Checkpoint openVerified(Path folder) {
    return checked(folder, Manifest::requireSizes);
  }

  private static Checkpoint checked(Path folder, Check check) {
    if (!Files.isDirectory(folder)) {
      throw new Failure(
          ExitCode.INPUT_MISSING, "There is no checkpoint folder " + folder + "; check the path.");
    }
    try {
      Manifest manifest = Manifest.read(folder);
      check.on(manifest, folder);
      Weights model = Weights.of(manifest.filesOf(folder, TrainingFiles.MODEL));
      TrainingState state = readState(folder);
      if (!Fingerprint.ofModel(model).digest().equals(state.modelDigest())) {
        throw new Manifest.Damage("its tensors are not those of " + TrainingFiles.STATE);
      }
      DividedTensors optimizer =
          DividedTensors.open(manifest.filesOf(folder, TrainingFiles.OPTIMIZER));
      return new Checkpoint(folder, state, model, optimizer);
    } catch (Manifest.Damage e) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "Checkpoint %s is damaged: %s; use an older one.".formatted(folder, e.getMessage()),
          e);
    }
  }

  private static TrainingState readState(Path folder) throws Manifest.Damage {
    try {
      return Json.MAPPER.readValue(
          Files.readAllBytes(folder.resolve(TrainingFiles.STATE)), TrainingState.class);
    } catch (IOException e) {
      throw new Manifest.Damage(TrainingFiles.STATE + " is not readable");
    }
  }

  /**
   * Checks that the parameters are those of a model, by name and shape.
   *
   * @param shapes of the model that is to be loaded into
   * @throws Failure {@code BAD_DATA} naming the first tensor that differs
   */
  public void requireModel(Map<String, long[]> shapes) {
    Fingerprint.ofModel(model)
        .firstDifference(Fingerprint.ofModel(shapes))
        .ifPresent(
            difference -> {
              throw new Failure(
                  ExitCode.BAD_DATA,
                  ("Checkpoint %s is of another model: tensor %s is %s there and %s in this job's"
                          + " model; use the model it was trained with, or another folder.")
                      .formatted(
                          folder, difference.field(), difference.there(), difference.here()));
            });
  }

  /**
   * Checks that training may go on from here.
   *
   * @param plan of the job that is to go on; {@link Fingerprint#ofPlan}
   * @throws Failure {@code BAD_DATA} naming the first field that differs
   */
  public void requirePlan(Fingerprint plan) {
    state
        .plan()
        .firstDifference(plan)
        .ifPresent(
            difference -> {
              throw new Failure(
                  ExitCode.BAD_DATA,
                  ("Checkpoint %s was saved by a different job: %s was %s and is %s; undo the"
                          + " change, or train into another folder.")
                      .formatted(
                          folder, difference.field(), difference.there(), difference.here()));
            });
  }

  private interface Check {
    void on(Manifest manifest, Path folder) throws Manifest.Damage;
  }
}
