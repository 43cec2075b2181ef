package io.litoperator.worker.report.tensorboard;

import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Listener;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Figures of steps and scores under the names that transformers' Trainer gives them, so that they
 * lie over those of a LLaVA run. Each objective, seed and stage is a run of its own: {@code
 * LIT/seed-42/finetune}.
 */
public final class TensorBoard implements Listener {
  private final Sink sink;
  private final Clock clock;
  private String objective = "";
  private String run = "";

  /** Where records go. */
  @FunctionalInterface
  public interface Sink {
    /**
     * @param run a folder's name
     * @param record whole; a file begins with {@link TensorBoard#header}
     */
    void append(String run, byte[] record);
  }

  public TensorBoard(Sink sink, Clock clock) {
    this.sink = sink;
    this.clock = clock;
  }

  /** How every file begins. */
  static byte[] header(Clock clock) {
    return TensorBoardRecord.version(clock.instant());
  }

  /** A file's name; TensorBoard reads those of a folder in their order. */
  static String file(Clock clock, int number) {
    return "events.out.tfevents.%010d.lit.%06d".formatted(clock.instant().getEpochSecond(), number);
  }

  @Override
  public void on(Event event) {
    if (event instanceof Event.RunStarted started) {
      objective = "%s/seed-%d".formatted(started.objective(), started.seed());
    } else if (event instanceof Event.StageStarted started) {
      run = objective + "/" + started.stage();
      sink.append(run, TensorBoardRecord.start(clock.instant(), started.fromStep() + 1));
    } else if (event instanceof Event.Step step) {
      sink.append(run, TensorBoardRecord.scalars(clock.instant(), step.step(), figures(step)));
    } else if (event instanceof Event.Scored scored && scored.step() != null && !run.isEmpty()) {
      Map<String, Double> score =
          Map.of("eval/%s.%s".formatted(scored.task(), scored.metric()), scored.score());
      sink.append(run, TensorBoardRecord.scalars(clock.instant(), scored.step(), score));
    }
  }

  private static Map<String, Double> figures(Event.Step step) {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("train/loss", step.loss());
    figures.put("train/instruction_loss", step.instructionLoss());
    figures.put("train/response_loss", step.responseLoss());
    figures.put("train/learning_rate", step.learningRate());
    figures.put("train/grad_norm", step.gradientNorm());
    figures.put("train/epoch", step.epoch());
    figures.put("train/samples_per_second", step.samplesPerSecond());
    figures.put("train/tokens_per_second", step.tokensPerSecond());
    figures.put("train/model_flops_utilization", step.modelFlopsUtilization());
    figures.values().removeIf(value -> value == null);
    return figures;
  }
}
