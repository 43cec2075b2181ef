package io.litoperator.worker.run;

import io.litoperator.worker.report.Event;
import io.litoperator.worker.train.Overseer;
import java.util.ArrayList;
import java.util.List;

/** Keeps what a rank tells of its steps, and never stops it. */
class StepWatch implements Overseer {
  private final List<Event.Step> steps = new ArrayList<>();

  List<Event.Step> steps() {
    return steps;
  }

  @Override
  public void training(long stepsDone) {}

  @Override
  public void saving(long stepsDone) {}

  @Override
  public boolean stopRequested() {
    return false;
  }

  @Override
  public void on(String what, long done, long total) {}

  @Override
  public void tell(Event event) {
    if (event instanceof Event.Step step) {
      steps.add(step);
    }
  }
}
