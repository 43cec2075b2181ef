package io.litoperator.worker.checkpoint;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

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
   * @param owner absent outside of a cluster
   */
  public record Claim(int attempt, String holder, int launch, Optional<Owner> owner) {}

  /** The resource that a supervisor works for; one that is made again has another UID. */
  public record Owner(String namespace, String uid) {}

  /**
   * The newest claim; empty before the first.
   *
   * @throws Failure {@code STORAGE} if the file cannot be read or is damaged
   */
  public Optional<Claim> read() {
    return read(content());
  }

  private Optional<byte[]> content() {
    try {
      return files.read(NAME);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private Optional<Claim> read(Optional<byte[]> content) {
    try {
      return parse(content);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private Failure unreadable(IOException e) {
    return StorageFailure.of(
        "%s cannot be read (%s); if no other run uses its folder, remove it."
            .formatted(name(), e.getMessage()),
        e);
  }

  private Optional<Claim> newest() throws IOException {
    return parse(files.read(NAME));
  }

  private static Optional<Claim> parse(Optional<byte[]> content) throws IOException {
    return content.isEmpty()
        ? Optional.empty()
        : Optional.of(Json.MAPPER.readValue(content.get(), Claim.class));
  }

  /**
   * Makes a claim the newest. Of several that are made at once, each follows another.
   *
   * @param next of what is the newest; may be asked again, if that has changed meanwhile
   * @throws Failure {@code STORAGE} if the file cannot be read or written
   */
  Claim claim(Function<Optional<Claim>, Claim> next) {
    while (true) {
      Optional<byte[]> before = content();
      Claim claim = next.apply(read(before));
      if (replace(before, claim)) {
        return claim;
      }
    }
  }

  private boolean replace(Optional<byte[]> before, Claim claim) {
    try {
      return files.replace(NAME, before, Json.MAPPER.writeValueAsBytes(claim));
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
   * Returns if no other attempt has been claimed since. Numbers alone do not tell: a service that
   * knows no conditions may have given one twice.
   *
   * @param holder of the attempt's claim
   * @throws Failure {@code PEER_LOST} if one has
   * @throws IOException if that cannot be read
   */
  void requireNewest(int attempt, String holder) throws IOException {
    newest()
        .filter(claim -> claim.attempt() != attempt || !claim.holder().equals(holder))
        .ifPresent(
            claim -> {
              throw superseded(attempt, claim);
            });
  }

  Failure ofAnotherNamespace(Owner other) {
    return new Failure(
        ExitCode.INVALID,
        "spec.checkpoints.destination: a job of this name in namespace %s has its checkpoints there, as %s tells; name another place, or another job."
            .formatted(other.namespace(), name()));
  }

  static Failure superseded(int attempt, Claim by) {
    return new Failure(
        ExitCode.PEER_LOST,
        "Attempt %d is superseded by attempt %d, of %s, which now writes the job's checkpoints."
            .formatted(attempt, by.attempt(), by.holder()));
  }
}
