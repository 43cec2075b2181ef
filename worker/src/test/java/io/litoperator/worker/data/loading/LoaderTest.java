package io.litoperator.worker.data.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoaderTest {
  @Test
  void microBatchesComeInOrder() {
    List<List<Integer>> order = List.of(List.of(3, 1), List.of(), List.of(2), List.of(9, 8, 7));
    List<List<String>> ids = new ArrayList<>();
    try (Loader loader = new Loader(LoaderTest::sample, order.iterator(), 2, 3)) {
      loader.forEachRemaining(batch -> ids.add(batch.stream().map(Sample::id).toList()));
      assertThatThrownBy(loader::next).isInstanceOf(NoSuchElementException.class);
    }
    assertThat(ids)
        .containsExactly(List.of("3", "1"), List.of(), List.of("2"), List.of("9", "8", "7"));
  }

  @Test
  void loadingStaysWithinItsBound() {
    Set<Integer> started = ConcurrentHashMap.newKeySet();
    List<Integer> asked = new ArrayList<>();
    Iterator<List<Integer>> order =
        IntStream.range(0, 100).peek(asked::add).mapToObj(List::of).iterator();
    try (Loader loader =
        new Loader(
            i -> {
              started.add(i);
              return sample(i);
            },
            order,
            4,
            2)) {
      assertThat(loader.next()).hasSize(1);
      assertThat(asked).hasSizeLessThanOrEqualTo(5);
    }
    assertThat(started).isSubsetOf(asked);
  }

  @Test
  void aFailureComesWithItsMicroBatch() {
    Failure failure = new Failure(ExitCode.BAD_DATA, "Sample 2 is broken.");
    List<List<Integer>> order = List.of(List.of(1), List.of(2), List.of(3));
    try (Loader loader =
        new Loader(
            i -> {
              if (i == 2) {
                throw failure;
              }
              return sample(i);
            },
            order.iterator(),
            3,
            2)) {
      assertThat(loader.next()).hasSize(1);
      assertThatThrownBy(loader::next).isSameAs(failure);
    }
  }

  @Test
  void closingEndsTheThreadsAndDropsTheRest() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CountDownLatch begun = new CountDownLatch(1);
    Loader loader =
        new Loader(
            i -> {
              threads.add(Thread.currentThread());
              begun.countDown();
              return sample(i);
            },
            IntStream.range(0, 1000).mapToObj(List::of).iterator(),
            500,
            2);
    await(begun);
    loader.close();
    assertThat(threads).isNotEmpty().allSatisfy(LoaderTest::ends);
    assertThat(loader.hasNext()).isFalse();
  }

  private static void ends(Thread thread) throws InterruptedException {
    thread.join();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Sample sample(int id) {
    return new Sample("" + id, new int[] {id}, new Fate[] {Fate.MASKED}, List.of());
  }
}
