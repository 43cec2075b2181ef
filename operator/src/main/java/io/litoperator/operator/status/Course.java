package io.litoperator.operator.status;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.AvoidedNode;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Pace;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Restarts;
import io.litoperator.operator.snapshot.Snapshot;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What was decided about a job: the part of its status that no observation can restore.
 *
 * @param members the Pods to count on, by node index
 * @param attempt the current one, from 1
 * @param restarts so far
 * @param lastFailure null without any
 * @param avoidedNodes where a device has failed, the newest last
 * @param halt whether and why the gang is to be without Pods for now
 * @param halted whether its Pods have all ended
 * @param end how the job ended; empty while it goes on
 */
public record Course(
    List<Member> members,
    int attempt,
    Restarts restarts,
    LastFailure lastFailure,
    List<AvoidedNode> avoidedNodes,
    Halt halt,
    boolean halted,
    Optional<End> end) {

  public Course {
    members = List.copyOf(members);
    avoidedNodes = List.copyOf(avoidedNodes);
  }

  /** Why a gang saves and stops. */
  public enum Halt {
    NONE,
    SUSPEND,
    RESIZE
  }

  /**
   * The end of a job.
   *
   * @param reason in one word
   * @param message in one sentence
   */
  public sealed interface End {
    String reason();

    String message();
  }

  public record Succeeded(String reason, String message) implements End {}

  public record Failed(String reason, String message) implements End {}

  /** The spec cannot be run; no Pod was made. */
  public record Invalid(String reason, String message) implements End {}

  /** Until when no Pod is made, as restarts have followed each other too fast; empty without. */
  public Optional<Instant> pauseEndsAt(Instant now) {
    return Optional.ofNullable(restarts.pace())
        .map(Pace::nextPodAt)
        .map(Instant::parse)
        .filter(now::isBefore);
  }

  /** Whether nothing has failed since the status was written. */
  boolean lastFailureIsOld(Snapshot snapshot) {
    return Objects.equals(
        lastFailure, snapshot.status().map(LitTrainingJobStatus::lastFailure).orElse(null));
  }

  public Course ended(End how) {
    return new Course(
        members, attempt, restarts, lastFailure, avoidedNodes, Halt.NONE, false, Optional.of(how));
  }

  /** The same, with the Pods that are there recorded. */
  public Course withMembers(List<Member> present) {
    return new Course(present, attempt, restarts, lastFailure, avoidedNodes, halt, halted, end);
  }

  /** The same, with another account. */
  public Course withRestarts(Restarts account) {
    return new Course(members, attempt, account, lastFailure, avoidedNodes, halt, halted, end);
  }

  /** The same, with other nodes to avoid. */
  public Course avoiding(List<AvoidedNode> nodes) {
    return new Course(members, attempt, restarts, lastFailure, nodes, halt, halted, end);
  }

  /** The job goes on, after a failure or in another attempt. */
  public Course goOn(List<Member> members, int attempt, Restarts restarts, LastFailure failure) {
    return new Course(
        members, attempt, restarts, failure, avoidedNodes, Halt.NONE, false, Optional.empty());
  }

  public Course halting(Halt why, boolean halted) {
    return new Course(
        members, attempt, restarts, lastFailure, avoidedNodes, why, halted, Optional.empty());
  }
}
