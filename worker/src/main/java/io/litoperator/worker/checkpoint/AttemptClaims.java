package io.litoperator.worker.checkpoint;

import io.litoperator.worker.checkpoint.AttemptFile.Claim;
import java.util.Optional;

/**
 * Claims one attempt of a job after the other for one supervisor. Once another supervisor has
 * claimed one, this one gets no more.
 */
public final class AttemptClaims {
  private final AttemptFile file;
  private final String holder;
  private final int launch;
  private int last;

  /**
   * @param holder unique to this supervisor
   * @param launch see {@link Claim}
   */
  public AttemptClaims(AttemptFile file, String holder, int launch) {
    this.file = file;
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
   *     over, {@code STORAGE} if the claim cannot be read or written
   */
  public int claim(int atLeast) {
    last = file.claim(newest -> next(newest, atLeast)).attempt();
    return last;
  }

  private Claim next(Optional<Claim> newest, int atLeast) {
    newest
        .filter(claim -> !claim.holder().equals(holder))
        .filter(claim -> last > 0 || launch > 0 && claim.launch() > launch)
        .ifPresent(
            claim -> {
              throw AttemptFile.superseded(Math.max(last, launch), claim);
            });
    int number = Math.max(atLeast, 1 + newest.map(Claim::attempt).orElse(0));
    return new Claim(number, holder, launch);
  }
}
