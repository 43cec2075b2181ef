package io.litoperator.worker.data.loading;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.annotations.Annotation;
import io.litoperator.worker.data.annotations.Origin;
import io.litoperator.worker.data.annotations.StoredSample;
import io.litoperator.worker.data.image.StoredPicture;
import io.litoperator.worker.data.labels.LabelledPrompt;
import io.litoperator.worker.data.labels.Labeller;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.DatasetPlan;
import io.litoperator.worker.transfer.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToIntFunction;

/**
 * Reads every annotation and opens every picture before any training, so that all that is wrong is
 * known at once and not hours into a run.
 */
public final class DataCheck {
  private static final int CHUNK = 16;

  private final Labeller labeller;
  private final Room room;
  private final int threads;

  /**
   * How long a sequence the model takes.
   *
   * @param imageTokens opens a picture, which may be missing or damaged, and tells how many tokens
   *     its one becomes; used by several threads
   * @param positions longest sequence after that, in tokens
   * @param maxRows at which sequences are cut after that
   */
  public record Room(
      ToIntFunction<StoredPicture> imageTokens, int positions, Optional<Integer> maxRows) {}

  /**
   * What a run of samples has come to.
   *
   * @param learnable samples with a supervised token
   */
  private record Checked(int samples, int learnable, List<Problem> problems) {}

  public DataCheck(Labeller labeller, Room room, int threads) {
    this.labeller = labeller;
    this.room = room;
    this.threads = threads;
  }

  /**
   * All problems: of files and folders first, then of samples in their order.
   *
   * @param progress told how many samples are checked, on this thread
   */
  public List<Problem> run(List<DatasetPlan> plans, Progress progress) {
    List<Problem> problems = new ArrayList<>();
    Map<DatasetPlan, Conversations> opened = new LinkedHashMap<>();
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      for (DatasetPlan plan : plans.stream().distinct().toList()) {
        try {
          opened.put(plan, Conversations.open(List.of(plan)));
        } catch (Failure e) {
          problems.add(problem(plan.annotations(), e));
        }
      }
      check(opened, executor, progress, problems);
    } finally {
      executor.shutdownNow();
      Waiting.forEnd(executor);
      opened.values().forEach(Conversations::close);
    }
    return problems;
  }

  private void check(
      Map<DatasetPlan, Conversations> opened,
      ExecutorService executor,
      Progress progress,
      List<Problem> problems) {
    long total = opened.values().stream().mapToLong(Conversations::size).sum();
    long done = 0;
    for (Map.Entry<DatasetPlan, Conversations> part : opened.entrySet()) {
      int learnable = 0;
      int before = problems.size();
      for (Future<Checked> chunk : submit(part.getValue(), executor)) {
        Checked checked = Waiting.get(chunk);
        problems.addAll(checked.problems());
        learnable += checked.learnable();
        done += checked.samples();
        progress.on("samples", done, total);
      }
      List<Problem> found = problems.subList(before, problems.size());
      if (learnable == 0 && found.stream().allMatch(Problem::warning)) {
        problems.add(nothingToLearn(part.getKey()));
      }
    }
  }

  private List<Future<Checked>> submit(Conversations conversations, ExecutorService executor) {
    List<Future<Checked>> chunks = new ArrayList<>();
    for (Conversations.Range range : conversations.ranges(CHUNK)) {
      chunks.add(executor.submit(() -> check(conversations, range.from(), range.to())));
    }
    return chunks;
  }

  private Checked check(Conversations conversations, int from, int to) {
    List<Problem> problems = new ArrayList<>();
    int learnable = 0;
    for (StoredSample stored : conversations.read(from, to)) {
      try {
        Annotation annotation = stored.annotation();
        int[] imageTokens =
            stored.pictures(annotation).stream()
                .mapToInt(picture -> imageTokens(picture, annotation, problems))
                .toArray();
        LabelledPrompt labelled = labeller.label(annotation);
        LabelledPrompt kept =
            room.maxRows().map(rows -> labelled.cut(rows, imageTokens)).orElse(labelled);
        refuseTooLong(annotation, kept, imageTokens);
        boolean supervised = Fate.supervised(kept.fates()) > 0;
        learnable += supervised ? 1 : 0;
        boolean cut = kept.tokens().length < labelled.tokens().length;
        warning(annotation, labelled, cut, labelled.rows(imageTokens), supervised)
            .ifPresent(problems::add);
      } catch (Failure e) {
        problems.add(problem(stored.origin().file(), e));
      }
    }
    return new Checked(to - from, learnable, problems);
  }

  /** A picture's fault does not hide its sample's. */
  private int imageTokens(StoredPicture picture, Annotation annotation, List<Problem> problems) {
    try {
      return room.imageTokens().applyAsInt(picture);
    } catch (Failure e) {
      String sentence = annotation.place() + ": " + e.getMessage();
      problems.add(problem(annotation.origin(), Optional.of(e.exitCode()), sentence));
      return 1;
    }
  }

  private void refuseTooLong(Annotation annotation, LabelledPrompt labelled, int[] imageTokens) {
    int length = labelled.rows(imageTokens);
    if (length > room.positions()) {
      throw new Failure(
          ExitCode.BAD_DATA,
          ("%s: it has %d tokens, %d of them for pictures, more than the model's %d positions;"
                  + " shorten it or lower spec.model.maxLength, or give spec.model.maxRows.")
              .formatted(
                  annotation.place(),
                  length,
                  Arrays.stream(imageTokens).limit(labelled.images()).sum(),
                  room.positions()));
    }
  }

  /**
   * @param cut whether its rows are too many
   */
  private Optional<Problem> warning(
      Annotation annotation, LabelledPrompt labelled, boolean cut, int rows, boolean supervised) {
    int length = labelled.tokens().length;
    String left = supervised ? "" : ", so that no token of it is supervised";
    String sentence;
    if (cut) {
      sentence =
          "with its pictures it has %d rows and is cut to spec.model.maxRows, %d%s"
              .formatted(rows, room.maxRows().orElseThrow(), left);
    } else if (length < labelled.uncutLength()) {
      sentence =
          "it has %d tokens and is cut to the longest length, %d%s"
              .formatted(labelled.uncutLength(), length, left);
    } else if (!supervised) {
      sentence = "no token of it is supervised, so that nothing is learnt from it";
    } else {
      return Optional.empty();
    }
    String placed = "%s: %s.".formatted(annotation.place(), sentence);
    return Optional.of(problem(annotation.origin(), Optional.empty(), placed));
  }

  private static Problem nothingToLearn(DatasetPlan plan) {
    return new Problem(
        plan.annotations(),
        Optional.of(ExitCode.BAD_DATA),
        "%s: no sample has a supervised token; correct the samples or allow longer ones."
            .formatted(plan.annotations()));
  }

  private static Problem problem(Origin origin, Optional<ExitCode> exitCode, String sentence) {
    return new Problem(origin.file(), exitCode, sentence);
  }

  private static Problem problem(Path file, Failure failure) {
    return new Problem(file, Optional.of(failure.exitCode()), failure.getMessage());
  }
}
