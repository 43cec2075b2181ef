package io.litoperator.worker.checkpoint;

import io.litoperator.worker.checkpoint.AttemptFile.Claim;
import io.litoperator.worker.checkpoint.AttemptFile.Owner;
import java.util.Optional;

/**
 * Claims one attempt of a job after the other for one supervisor. Once another supervisor has
 * claimed one, this one gets no more.
 */
public final class AttemptClaims {
  private final AttemptFile file;
  private final String holder;
  private final int launch;
  private final Optional<Owner> owner;
  private int last;

  /**
   * @param holder unique to this supervisor
   * @param launch see {@link Claim}
   * @param owner see {@link Claim}
   */
  public AttemptClaims(AttemptFile file, String holder, int launch, Optional<Owner> owner) {
    this.file = file;
    this.owner = owner;
    this.holder = holder;
    this.launch = launch;
  }

  public String holder() {
    return holder;
  }

  /**
   * Claims the next attempt.
   *
   * @param atLeast its number, unless a higher one was claimed before; then the one after that
   * @throws io.litoperator.worker.failure.Failure {@code PEER_LOST} if a later supervisor has taken
   *     over, {@code INVALID} if the folder is that of another namespace's job, {@code STORAGE} if
   *     the claim cannot be read or written
   */
  public int claim(int atLeast) {
    last = file.claim(newest -> next(newest, atLeast)).attempt();
    return last;
  }

  private Claim next(Optional<Claim> newest, int atLeast) {
    newest
        .filter(claim -> !claim.holder().equals(holder))
        .filter(claim -> last > 0 || isOfALaterPod(claim))
        .ifPresent(
            claim -> {
              throw AttemptFile.superseded(Math.max(last, launch), claim);
            });
    newest
        .flatMap(Claim::owner)
        .filter(other -> owner.isPresent() && !other.namespace().equals(owner.get().namespace()))
        .ifPresent(
            other -> {
              throw file.ofAnotherNamespace(other);
            });
    int number = Math.max(atLeast, 1 + newest.map(Claim::attempt).orElse(0));
    return new Claim(number, holder, launch, owner);
  }

  /** A job that is made again under its name counts its Pods anew, and goes on. */
  private boolean isOfALaterPod(Claim claim) {
    boolean ofThisJob = owner.isEmpty() || claim.owner().isEmpty() || owner.equals(claim.owner());
    return launch > 0 && claim.launch() > launch && ofThisJob;
  }
}
