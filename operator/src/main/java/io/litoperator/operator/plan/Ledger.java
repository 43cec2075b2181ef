package io.litoperator.operator.plan;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Counted;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Pace;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Restarts;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Spent;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Counts restarts. */
final class Ledger {
  private Ledger() {}

  static Restarts opened(Optional<Restarts> recorded) {
    return recorded.orElseGet(() -> new Restarts(0, Map.of(), null, null, null, null));
  }

  static int total(Restarts restarts) {
    return restarts.total() == null ? 0 : restarts.total();
  }

  /** One or more restarts for a reason, whatever they cost. */
  static Restarts with(Restarts restarts, String reason, int times) {
    Map<String, Integer> byReason = new TreeMap<>();
    if (restarts.byReason() != null) {
      byReason.putAll(restarts.byReason());
    }
    byReason.merge(reason, times, Integer::sum);
    return new Restarts(
        total(restarts),
        byReason,
        restarts.counted(),
        restarts.formedAttempt(),
        restarts.pace(),
        restarts.spent());
  }

  /**
   * Restarts that count.
   *
   * @param spent what is used up by them; null if that is the total
   */
  static Restarts charged(Restarts restarts, int times, Spent spent) {
    return new Restarts(
        total(restarts) + times,
        restarts.byReason(),
        restarts.counted(),
        restarts.formedAttempt(),
        restarts.pace(),
        spent);
  }

  /** Notes what of the coordinator's counts is in ours. */
  static Restarts counted(Restarts restarts, String podUid, Map<String, Integer> inPlace) {
    return new Restarts(
        total(restarts),
        restarts.byReason(),
        new Counted(podUid, new TreeMap<>(inPlace)),
        restarts.formedAttempt(),
        restarts.pace(),
        restarts.spent());
  }

  /** Notes that the gang of an attempt is complete. */
  static Restarts formed(Restarts restarts, int attempt) {
    return hasFormed(restarts, attempt)
        ? restarts
        : new Restarts(
            total(restarts),
            restarts.byReason(),
            restarts.counted(),
            attempt,
            restarts.pace(),
            restarts.spent());
  }

  /**
   * Notes how restarts follow each other.
   *
   * @param pace null to begin anew
   */
  static Restarts paced(Restarts restarts, Pace pace) {
    return new Restarts(
        total(restarts),
        restarts.byReason(),
        restarts.counted(),
        restarts.formedAttempt(),
        pace,
        restarts.spent());
  }

  /** Whether the gang of an attempt has once been complete. */
  static boolean hasFormed(Restarts restarts, int attempt) {
    return restarts.formedAttempt() != null && restarts.formedAttempt() >= attempt;
  }

  /** What of the coordinator's counts is not in ours yet. */
  static Map<String, Integer> uncounted(
      Restarts restarts, String podUid, Map<String, Integer> inPlace) {
    Counted counted = restarts.counted();
    Map<String, Integer> known =
        counted != null && podUid.equals(counted.podUid()) && counted.inPlace() != null
            ? counted.inPlace()
            : Map.of();
    Map<String, Integer> news = new TreeMap<>();
    inPlace.forEach(
        (reason, times) -> {
          int more = times - known.getOrDefault(reason, 0);
          if (more > 0) {
            news.put(reason, more);
          }
        });
    return news;
  }
}
