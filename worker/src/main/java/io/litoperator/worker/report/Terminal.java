package io.litoperator.worker.report;

import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import picocli.CommandLine.Help.Ansi;

/**
 * Tells a person who watches how a run goes: on a terminal by one line that is written over, else
 * by a line every 5 percent or 10 seconds; in both cases by lines that stay for what happens
 * seldom, and at the end by the table of scores.
 */
public final class Terminal implements Listener, AutoCloseable {
  private static final int PERCENTS_BETWEEN_LINES = 5;
  private static final long NANOS_BETWEEN_LINES = Duration.ofSeconds(10).toNanos();
  private static final long NANOS_BETWEEN_REDRAWS = Duration.ofMillis(100).toNanos();
  private static final String BACK_AND_ERASE = "\r\u001b[K";

  private final PrintStream out;
  private final Screen screen;
  private final LongSupplier nanoTime;
  private String objective = "";
  private boolean lineIsLive;
  private final Map<String, Shown> shown = new HashMap<>();
  private TimeShares times = new TimeShares();
  private Optional<Event.Step> lastStep = Optional.empty();

  /** How far something was when it was last shown, and when that was. */
  private record Shown(int percent, long at) {}

  /**
   * @param out writes UTF-8
   */
  public Terminal(PrintStream out, Screen screen) {
    this(out, screen, System::nanoTime);
  }

  Terminal(PrintStream out, Screen screen, LongSupplier nanoTime) {
    this.out = out;
    this.screen = screen;
    this.nanoTime = nanoTime;
  }

  @Override
  public void on(Event event) {
    if (event instanceof Event.RunStarted started) {
      objective = started.objective();
      say(Ansi.Style.bold, started(started));
    } else if (event instanceof Event.StageStarted started) {
      say(Ansi.Style.bold, started(started));
    } else if (event instanceof Event.Step step) {
      times.add(step.times());
      lastStep = Optional.of(step);
      show(ProgressLine.of(objective, step));
    } else if (event instanceof Event.EvaluationProgress progress) {
      show(ProgressLine.of(objective, progress));
    } else if (event instanceof Event.FileProgress progress) {
      show(ProgressLine.of(objective, progress));
    } else if (event instanceof Event.CheckpointSaved saved) {
      say(Ansi.Style.faint, saved(saved));
    } else if (event instanceof Event.CheckpointScored scored) {
      say(Ansi.Style.faint, scored(scored));
    } else if (event instanceof Event.Restarted restarted) {
      say(Ansi.Style.fg_yellow, restarted(restarted));
    } else if (event instanceof Event.Notice notice) {
      say(Ansi.Style.fg_yellow, "Note: " + notice.message());
    } else if (event instanceof Event.RunFinished finished) {
      throughput();
      finished(finished);
    } else if (event instanceof Event.Summary summary) {
      summary(summary);
    }
  }

  /** Leaves the live line as it is and begins a new one. */
  @Override
  public void close() {
    if (lineIsLive) {
      out.println();
      out.flush();
      lineIsLive = false;
    }
  }

  private void show(ProgressLine line) {
    long now = nanoTime.getAsLong();
    Shown before = shown.get(line.name());
    boolean first = before == null || line.percent() < before.percent();
    boolean last = line.done() >= line.total();
    if (!first && !last && !due(line, before, now)) {
      return;
    }
    shown.put(line.name(), new Shown(line.percent(), now));
    if (screen.live()) {
      // A line as wide as the terminal would move on to the next.
      out.print(BACK_AND_ERASE + line.fitted(screen.width() - 1, screen.ansi()));
      lineIsLive = true;
      if (last) {
        close();
      }
    } else {
      out.println(line.plain());
    }
    out.flush();
  }

  private boolean due(ProgressLine line, Shown before, long now) {
    long nanos = now - before.at();
    if (screen.live()) {
      return nanos >= NANOS_BETWEEN_REDRAWS;
    }
    return nanos >= NANOS_BETWEEN_LINES
        || line.percent() / PERCENTS_BETWEEN_LINES > before.percent() / PERCENTS_BETWEEN_LINES;
  }

  private void say(Ansi.Style style, String text) {
    if (lineIsLive) {
      out.print(BACK_AND_ERASE);
      lineIsLive = false;
    }
    String shown = Printable.oneLine(text);
    out.println(screen.ansi().enabled() ? style.on() + shown + "\u001b[0m" : shown);
    out.flush();
  }

  private static String started(Event.RunStarted run) {
    return String.format(
        "%s · %s · seed %d · %s parameters · %s · %s",
        run.job(),
        run.objective(),
        run.seed(),
        Numbers.shortCount(run.parameters()),
        run.worldSize() == 1 ? "1 rank" : run.worldSize() + " ranks",
        run.output());
  }

  private static String started(Event.StageStarted stage) {
    return String.format(
        "%s: %s steps over %s samples, %s parameters train%s",
        stage.stage(),
        Numbers.count(stage.totalSteps()),
        Numbers.count(stage.samples()),
        Numbers.shortCount(stage.trainableParameters()),
        stage.fromStep() > 0 ? "; goes on after step " + Numbers.count(stage.fromStep()) : "");
  }

  private static String saved(Event.CheckpointSaved saved) {
    return String.format(
        "checkpoint %s-%d saved, %s in %s: %s",
        saved.stage(),
        saved.step(),
        Numbers.bytes(saved.sizeBytes()),
        Numbers.duration(saved.seconds()),
        saved.uri());
  }

  private static String scored(Event.CheckpointScored scored) {
    return String.format(
        "checkpoint %s-%d: %s.%s %s%s",
        scored.stage(),
        scored.step(),
        scored.task(),
        scored.metric(),
        Numbers.measure(scored.score()),
        scored.best() ? ", the best so far" : "");
  }

  private static String restarted(Event.Restarted restart) {
    return String.format(
        "Restarted (attempt %d, %s): %s Goes on from %s.",
        restart.attempt(),
        restart.reason(),
        restart.message(),
        restart.resumedFrom() == null ? "the beginning" : restart.resumedFrom());
  }

  private void throughput() {
    lastStep.ifPresent(
        step ->
            say(
                Ansi.Style.faint,
                String.format(
                    "%s samples/s, %s tokens/s%s; time: %s",
                    Numbers.measure(step.samplesPerSecond()),
                    Numbers.count(Math.round(step.tokensPerSecond())),
                    step.modelFlopsUtilization() == null
                        ? ""
                        : String.format(
                            ", %.0f %% model FLOPs utilisation",
                            100 * step.modelFlopsUtilization()),
                    times.text())));
    lastStep = Optional.empty();
    times = new TimeShares();
  }

  private void finished(Event.RunFinished finished) {
    say(
        Ansi.Style.bold,
        objective + " done in " + Numbers.duration(finished.wallSeconds()) + checkpoint(finished));
    finished.exports().forEach(export -> say(Ansi.Style.faint, "exported: " + export));
  }

  private static String checkpoint(Event.RunFinished finished) {
    return finished.checkpoint() == null ? "" : "; checkpoint " + finished.checkpoint();
  }

  private void summary(Event.Summary summary) {
    close();
    ScoreTable table = ScoreTable.of(summary.seeds());
    if (!table.rows().isEmpty()) {
      out.println();
      out.print(ScoreText.plain(table));
      out.println();
    }
    say(Ansi.Style.bold, "All done in " + Numbers.duration(summary.wallSeconds()));
    if (summary.report() != null) {
      say(Ansi.Style.bold, "Report: " + summary.report());
    }
  }
}
