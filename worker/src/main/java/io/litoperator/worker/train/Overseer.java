package io.litoperator.worker.train;

import io.litoperator.worker.report.Event;
import io.litoperator.worker.transfer.Progress;

/** Who watches over a rank, and is told how far it has loaded: its agent, or a test. */
public interface Overseer extends Progress {
  /**
   * This rank is alive and makes progress.
   *
   * @param stepsDone of the stage
   */
  void training(long stepsDone);

  /** This rank is alive, and will say nothing while it saves. */
  void saving(long stepsDone);

  /** Whether training should save and end. Ranks may learn of it at different steps. */
  boolean stopRequested();

  /** Tells those who watch the run. */
  void tell(Event event);
}
