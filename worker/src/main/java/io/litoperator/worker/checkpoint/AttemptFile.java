package io.litoperator.worker.checkpoint;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.util.Optional;

/**
 * {@code attempt.json} in a job's folder: the attempt whose ranks may publish and remove
 * checkpoints there. Whoever supervises a job writes it before the attempt's ranks start, so that
 * the ranks of an earlier attempt, which may live on a machine that nobody reaches, change nothing.
 */
public final class AttemptFile {
  static final String NAME = "attempt.json";

  private final SmallFiles files;

  AttemptFile(SmallFiles files) {
    this.files = files;
  }

  /**
   * Who may write.
   *
   * @param attempt from 1; rises with every claim
   * @param holder names the supervisor that claimed it
   * @param launch orders the supervisors of a job in a cluster: a later Pod's is higher; 0 outside
   *     of one, where whoever starts takes over
   */
  public record Claim(int attempt, String holder, int launch) {}

  /**
   * The newest claim; empty before the first.
   *
   * @throws Failure {@code STORAGE} if the file cannot be read or is damaged
   */
  public Optional<Claim> read() {
    try {
      return newest();
    } catch (IOException e) {
      throw StorageFailure.of(
          "%s cannot be read (%s); if no other run uses its folder, remove it."
              .formatted(name(), e.getMessage()),
          e);
    }
  }

  private Optional<Claim> newest() throws IOException {
    Optional<byte[]> content = files.read(NAME);
    return content.isEmpty()
        ? Optional.empty()
        : Optional.of(Json.MAPPER.readValue(content.get(), Claim.class));
  }

  /** Makes the claim the newest, atomically. */
  void write(Claim claim) {
    try {
      files.write(NAME, Json.MAPPER.writeValueAsBytes(claim));
    } catch (IOException e) {
      throw StorageFailure.of(
          "%s cannot be written (%s); make room or give write permission there."
              .formatted(name(), e.getMessage()),
          e);
    }
  }

  private String name() {
    return files.name(NAME);
  }

  /**
   * Returns if no newer attempt has been claimed.
   *
   * @throws Failure {@code PEER_LOST} if one has
   * @throws IOException if that cannot be read
   */
  void requireNewest(int attempt) throws IOException {
    newest()
        .filter(claim -> claim.attempt() > attempt)
        .ifPresent(
            claim -> {
              throw superseded(attempt, claim);
            });
  }

  static Failure superseded(int attempt, Claim by) {
    return new Failure(
        ExitCode.PEER_LOST,
        "Attempt %d is superseded by attempt %d, which now writes the job's checkpoints."
            .formatted(attempt, by.attempt()));
  }
}
