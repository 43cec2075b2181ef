package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.failure.ExitCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The rank processes of one attempt, taken together. */
final class Gang implements Iterable<RankProcess> {
  private final List<RankProcess> ranks = new ArrayList<>();

  void add(RankProcess rank) {
    ranks.add(rank);
  }

  boolean has(int rank) {
    return rank < ranks.size();
  }

  RankProcess get(int rank) {
    return ranks.get(rank);
  }

  @Override
  public Iterator<RankProcess> iterator() {
    return ranks.iterator();
  }

  /** Tells all ranks that still listen. */
  void tell(AgentMessage message) {
    ranks.forEach(rank -> rank.tell(message));
  }

  /** The ring's addresses in the order of ranks, once all have registered. */
  Optional<List<String>> ring() {
    List<String> ring =
        ranks.stream()
            .flatMap(rank -> rank.registration().stream())
            .map(Registration.Rank::ring)
            .toList();
    return Optional.of(ring).filter(addresses -> addresses.size() == ranks.size());
  }

  boolean allGone() {
    return ranks.stream().allMatch(RankProcess::isGone);
  }

  /** Whether the last words of all were that the work is complete. */
  boolean allDone() {
    return ranks.stream()
        .allMatch(rank -> rank.end().filter(end -> end.code() == ExitCode.DONE).isPresent());
  }

  /** Whether those that train or save may have to wait for one that does something else. */
  boolean anyAtOtherWork() {
    return ranks.stream().anyMatch(RankProcess::isAtOtherWork);
  }

  /** Whether those that train or save may have to wait for what one writes. */
  boolean anySaving() {
    return ranks.stream().anyMatch(RankProcess::isSaving);
  }

  /** How long none has been heard. */
  Duration silence() {
    return ranks.stream().map(RankProcess::silence).min(Comparator.naturalOrder()).orElseThrow();
  }

  boolean anyStuckFor(Duration duration) {
    return expectedToMove().anyMatch(rank -> rank.hasNoNewsFor(duration));
  }

  /** How long nothing of any checkpoint has moved. */
  Duration stillness() {
    return ranks.stream()
        .map(rank -> rank.saving().stillness())
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }

  private Stream<RankProcess> expectedToMove() {
    return ranks.stream().filter(rank -> rank.isTraining() || rank.isSaving());
  }

  /**
   * A rank that writes a checkpoint of which nothing moves. The first one may wait for what the
   * others write, so that it is the one only where they are still as well.
   */
  Optional<RankProcess> stuckInWriting(Duration duration) {
    return ranks.stream()
        .filter(rank -> rank.isWorking() && rank.saving().isUnderWay())
        .filter(
            rank ->
                (rank.rank() > 0 ? rank.saving().stillness() : stillness()).compareTo(duration) > 0)
        .max(Comparator.comparingInt(RankProcess::rank));
  }

  /**
   * The rank that is behind, for which the others wait. One that did not even answer is: nothing
   * that a rank does keeps it from that.
   */
  RankProcess laggard() {
    return laggard(expectedToMove());
  }

  /** As {@link #laggard}, of those that neither train nor save. */
  RankProcess laggardAtOtherWork() {
    return laggard(ranks.stream().filter(RankProcess::isAtOtherWork));
  }

  private static RankProcess laggard(Stream<RankProcess> ranks) {
    return ranks
        .min(Comparator.comparingLong(RankProcess::step).thenComparingLong(RankProcess::operations))
        .orElseThrow();
  }

  /** The furthest that a rank came; -1 if none trained. */
  long furthestStep() {
    return ranks.stream().mapToLong(RankProcess::step).max().orElse(-1);
  }

  boolean anyAlive() {
    return ranks.stream().anyMatch(RankProcess::isAlive);
  }
}
