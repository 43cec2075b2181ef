package io.litoperator.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.checkpoint.AttemptFile.Claim;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** Supervisors that claim an attempt at once, wherever the file is. */
final class ClaimRace {
  private ClaimRace() {}

  /** One claims between another's reading and writing. */
  static void between(AttemptFile file) {
    List<Integer> newest = new ArrayList<>();

    Claim claim =
        file.claim(
            before -> {
              newest.add(before.map(Claim::attempt).orElse(0));
              if (newest.size() < 3) {
                new AttemptClaims(file, "quick", 0, Optional.empty()).claim(1);
              }
              return new Claim(1 + newest.get(newest.size() - 1), "slow", 0, Optional.empty());
            });

    assertThat(newest).as("from none to one, and from one to the next").containsExactly(0, 1, 2);
    assertThat(file.read()).contains(claim).contains(new Claim(3, "slow", 0, Optional.empty()));
  }

  /**
   * Many claim; one of them prevails, even if the service that keeps the file looks first and
   * writes then, and gives a number twice.
   *
   * @return what they got
   */
  static List<Claim> amongMany(AttemptFile file) throws Exception {
    int supervisors = 8;
    CyclicBarrier start = new CyclicBarrier(supervisors);
    ExecutorService threads = Executors.newFixedThreadPool(supervisors);
    List<Future<Claim>> claiming =
        IntStream.range(0, supervisors)
            .mapToObj(
                i ->
                    threads.submit(
                        () -> {
                          start.await();
                          String holder = "holder-" + i;
                          return new Claim(
                              new AttemptClaims(file, holder, 0, Optional.empty()).claim(1),
                              holder,
                              0,
                              Optional.empty());
                        }))
            .toList();
    threads.shutdown();
    List<Claim> claimed = new ArrayList<>();
    for (Future<Claim> claim : claiming) {
      claimed.add(claim.get());
    }
    assertThat(claimed).filteredOn(claim -> prevails(file, claim)).hasSize(1);
    return claimed;
  }

  /** Many claim; each gets a number of its own. */
  static void numbersAmongMany(AttemptFile file) throws Exception {
    assertThat(amongMany(file))
        .extracting(Claim::attempt)
        .containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8);
  }

  private static boolean prevails(AttemptFile file, Claim claim) {
    try {
      file.requireNewest(claim.attempt(), claim.holder());
      return true;
    } catch (Failure superseded) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
