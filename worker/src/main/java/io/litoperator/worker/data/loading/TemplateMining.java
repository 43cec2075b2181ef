package io.litoperator.worker.data.loading;

import io.litoperator.worker.data.annotations.Annotation;
import io.litoperator.worker.data.annotations.StoredSample;
import io.litoperator.worker.data.mining.MinedTemplate;
import io.litoperator.worker.data.mining.TemplateMiner;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.DatasetPlan;
import io.litoperator.worker.plan.MiningPlan;
import io.litoperator.worker.transfer.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Finds the task templates of data sets, by several threads and without holding the data. */
public final class TemplateMining {
  private static final int CHUNK = 256;

  private final Conversations conversations;
  private final ExecutorService executor;
  private final Progress progress;
  private final AtomicInteger unread = new AtomicInteger();
  private long done;

  private TemplateMining(Conversations conversations, ExecutorService executor, Progress progress) {
    this.conversations = conversations;
    this.executor = executor;
    this.progress = progress;
  }

  /**
   * What was found.
   *
   * @param plan by which it was found
   * @param templates most frequent first
   * @param unread samples that break the format and were left out
   */
  public record Mined(MiningPlan plan, List<MinedTemplate> templates, int samples, int unread) {}

  /**
   * Reads all questions twice.
   *
   * @param plan for a number of samples
   * @param progress told of samples read, out of twice as many as there are
   * @throws Failure if a data set cannot be opened
   */
  public static Mined run(
      List<DatasetPlan> datasets, IntFunction<MiningPlan> plan, int threads, Progress progress) {
    try (Conversations conversations = Conversations.open(datasets.stream().distinct().toList())) {
      return run(conversations, plan.apply(conversations.size()), threads, progress);
    }
  }

  private static Mined run(
      Conversations conversations, MiningPlan plan, int threads, Progress progress) {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      TemplateMining mining = new TemplateMining(conversations, executor, progress);
      List<MinedTemplate> templates = TemplateMiner.mine(plan, mining::pass);
      return new Mined(plan, templates, conversations.size(), mining.unread.get() / 2);
    } finally {
      executor.shutdownNow();
      Waiting.forEnd(executor);
    }
  }

  private void pass(Consumer<String> visitor) {
    List<Future<Integer>> chunks = new ArrayList<>();
    for (Conversations.Range range : conversations.ranges(CHUNK)) {
      chunks.add(executor.submit(() -> visit(range, visitor)));
    }
    for (Future<Integer> chunk : chunks) {
      done += Waiting.get(chunk);
      progress.on("samples, all twice", done, 2L * conversations.size());
    }
  }

  private int visit(Conversations.Range range, Consumer<String> visitor) {
    List<StoredSample> samples = conversations.read(range.from(), range.to());
    for (StoredSample sample : samples) {
      try {
        Annotation annotation = sample.annotation();
        annotation.exchanges().forEach(exchange -> visitor.accept(exchange.question()));
      } catch (Failure e) {
        // The check of the data tells of these.
        unread.incrementAndGet();
      }
    }
    return samples.size();
  }
}
