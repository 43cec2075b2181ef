package io.litoperator.worker.report;

import io.litoperator.worker.data.Inspection;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.report.RunHistory.Evaluation;
import io.litoperator.worker.report.RunHistory.Restart;
import io.litoperator.worker.report.RunHistory.Run;
import io.litoperator.worker.report.RunHistory.Stage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Gathers events into a {@link RunHistory}. */
final class RunFold {
  private final Map<RunKey, OpenRun> runs = new LinkedHashMap<>();
  private final List<Event.Restarted> unstarted = new ArrayList<>();
  private OpenRun current;

  void add(Event event) {
    if (event instanceof Event.RunStarted start) {
      RunKey key = new RunKey(start.objective(), start.seed());
      current = runs.computeIfAbsent(key, absent -> new OpenRun());
      current.start = start;
      unstarted.forEach(current::add);
      unstarted.clear();
    } else if (current != null) {
      current.add(event);
    } else if (event instanceof Event.Restarted restarted) {
      // Ranks that fail before they have loaded the model say nothing of the run.
      unstarted.add(restarted);
    } else if (!(event instanceof Event.Notice
        || event instanceof Event.FileProgress
        || event instanceof Event.Summary)) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "The events begin with "
              + event.getClass().getSimpleName()
              + " instead of RunStarted; give the whole event log.");
    }
  }

  RunHistory history() {
    return new RunHistory(runs.values().stream().map(OpenRun::close).toList());
  }

  private record RunKey(String objective, long seed) {}

  private record Question(String task, String image, String text) {}

  /** A run whose events are still being added. */
  private static final class OpenRun {
    private Event.RunStarted start;
    private final Map<String, OpenStage> stages = new LinkedHashMap<>();
    private OpenStage stage;
    private final List<Restart> restarts = new ArrayList<>();
    private final List<Event.CheckpointSaved> checkpoints = new ArrayList<>();
    private final Map<String, Inspection> inspections = new LinkedHashMap<>();
    private final TreeMap<Long, OpenEvaluation> evaluations = new TreeMap<>();
    private String evaluatedStage = "";
    private OpenEvaluation evaluation;
    private final List<String> notices = new ArrayList<>();
    private OptionalDouble wallSeconds = OptionalDouble.empty();

    void add(Event event) {
      if (event instanceof Event.StageStarted started) {
        begin(started);
      } else if (event instanceof Event.Step step) {
        add(step);
      } else if (event instanceof Event.CheckpointSaved saved) {
        checkpoints.add(saved);
      } else if (event instanceof Event.Inspected inspected) {
        inspections.put(inspected.inspection().id(), inspected.inspection());
      } else if (event instanceof Event.Scored scored) {
        add(scored);
      } else if (event instanceof Event.Answered answered && evaluation != null) {
        evaluation.add(answered);
      } else if (event instanceof Event.Restarted restarted) {
        restarts.add(restart(restarted));
      } else if (event instanceof Event.Notice notice) {
        notices.add(notice.message());
      } else if (event instanceof Event.RunFinished finished) {
        wallSeconds = OptionalDouble.of(finished.wallSeconds());
      }
    }

    /** What came after the point where a stage begins or goes on has been lost. */
    private void begin(Event.StageStarted started) {
      List<String> names = new ArrayList<>(stages.keySet());
      int known = names.indexOf(started.stage());
      if (known >= 0) {
        stages.keySet().removeAll(names.subList(known + 1, names.size()));
      }
      if (evaluatedStage.equals(started.stage())) {
        evaluations.tailMap(started.fromStep(), false).clear();
      } else {
        evaluations.clear();
      }
      evaluation = null;
      stage = stages.computeIfAbsent(started.stage(), name -> new OpenStage());
      stage.start = started;
      stage.steps.tailMap(started.fromStep(), false).clear();
    }

    private void add(Event.Step step) {
      OpenStage of = stages.get(step.stage());
      if (of == null) {
        throw new Failure(
            ExitCode.BAD_DATA,
            "Step "
                + step.step()
                + " is of stage "
                + step.stage()
                + ", which has not begun; give the whole event log.");
      }
      of.steps.tailMap(step.step(), true).clear();
      of.steps.put(step.step(), step);
    }

    private void add(Event.Scored scored) {
      evaluatedStage = stage == null ? "" : stage.start.stage();
      long step = scored.step() == null ? lastStep() : scored.step();
      evaluation = evaluations.computeIfAbsent(step, OpenEvaluation::new);
      evaluation.scores.put(scored.task() + "." + scored.metric(), scored.score());
    }

    private Restart restart(Event.Restarted event) {
      return new Restart(Optional.ofNullable(stage).map(of -> of.start.stage()), lastStep(), event);
    }

    private long lastStep() {
      if (stage == null) {
        return 0;
      }
      return stage.steps.isEmpty() ? stage.start.fromStep() : stage.steps.lastKey();
    }

    Run close() {
      return new Run(
          start,
          stages.values().stream().map(OpenStage::close).toList(),
          List.copyOf(restarts),
          List.copyOf(checkpoints),
          List.copyOf(inspections.values()),
          evaluations.values().stream().map(OpenEvaluation::close).toList(),
          List.copyOf(notices),
          wallSeconds);
    }
  }

  private static final class OpenEvaluation {
    private final long step;
    private final Map<String, Double> scores = new LinkedHashMap<>();
    private final Map<Question, Event.Answered> answers = new LinkedHashMap<>();

    OpenEvaluation(long step) {
      this.step = step;
    }

    void add(Event.Answered answered) {
      answers.put(new Question(answered.task(), answered.image(), answered.question()), answered);
    }

    Evaluation close() {
      return new Evaluation(step, new LinkedHashMap<>(scores), List.copyOf(answers.values()));
    }
  }

  private static final class OpenStage {
    private Event.StageStarted start;
    private final TreeMap<Long, Event.Step> steps = new TreeMap<>();

    Stage close() {
      return new Stage(start, List.copyOf(steps.values()));
    }
  }
}
