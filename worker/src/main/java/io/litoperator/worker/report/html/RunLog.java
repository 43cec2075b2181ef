package io.litoperator.worker.report.html;

import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Numbers;
import io.litoperator.worker.report.RunHistory;
import io.litoperator.worker.report.RunHistory.Restart;
import io.litoperator.worker.report.RunHistory.Run;
import java.util.ArrayList;
import java.util.List;

/** What happened to a run besides its steps. */
record RunLog(String name, int style, String summary, List<String> lines) {

  static RunLog of(RunHistory history, Run run) {
    List<String> lines = new ArrayList<>();
    lines.add("output: " + run.start().output());
    run.notices().forEach(notice -> lines.add("note: " + notice));
    run.restarts().forEach(restart -> lines.add(describe(restart)));
    run.checkpoints().forEach(saved -> lines.add(describe(saved)));
    return new RunLog(
        name(run), history.objectives().indexOf(run.objective()), summary(run), lines);
  }

  static String name(Run run) {
    return run.objective() + ", seed " + run.seed();
  }

  static String describe(Restart restart) {
    Event.Restarted event = restart.event();
    return String.format(
        "restarted after %s (attempt %d, %s): %s Went on from %s.",
        restart.stage().map(stage -> stage + " step " + restart.step()).orElse("the start"),
        event.attempt(),
        event.reason(),
        event.message(),
        event.resumedFrom() == null ? "the beginning" : event.resumedFrom());
  }

  private static String describe(Event.CheckpointSaved saved) {
    return String.format(
        "checkpoint %s-%d: %s, %s in %s, %s",
        saved.stage(),
        saved.step(),
        saved.uri(),
        Numbers.bytes(saved.sizeBytes()),
        Numbers.duration(saved.seconds()),
        saved.digest());
  }

  private static String summary(Run run) {
    String time =
        run.wallSeconds().isPresent()
            ? Numbers.duration(run.wallSeconds().getAsDouble())
            : "not finished";
    return String.join(
        " · ",
        time,
        counted(run.restarts().size(), "restart"),
        counted(run.checkpoints().size(), "checkpoint"),
        counted(run.notices().size(), "note"));
  }

  private static String counted(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }
}
