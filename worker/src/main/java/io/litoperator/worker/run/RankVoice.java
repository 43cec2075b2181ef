package io.litoperator.worker.run;

import io.litoperator.worker.checkpoint.Saved;
import io.litoperator.worker.data.loading.Dataset;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.agent.Activity;
import io.litoperator.worker.distributed.agent.RankLink;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.train.Overseer;

/** What a rank tells its agent: each that it is alive, rank 0 how the run goes. */
record RankVoice(RunPlan plan, RankLink link, Collective ranks) {
  /** Samples whose masks are shown in the report. */
  private static final int SHOWN_SAMPLES = 3;

  /** Rank 0 speaks for all. */
  void tell(Event event) {
    if (ranks.rank() == 0) {
      link.send(event);
    }
  }

  /** This rank gets on with what it does instead of training. */
  void alive() {
    link.alive();
  }

  void notice(String sentence) {
    link.send(new Event.Notice(sentence));
  }

  void started(VisionLanguageModel model) {
    tell(
        new Event.RunStarted(
            plan.name(),
            Runs.label(plan),
            plan.seed(),
            ranks.worldSize(),
            model.parameters().count(),
            Runs.checkpoints(plan).name()));
  }

  void masks(Dataset data) {
    for (int i = 0; i < Math.min(SHOWN_SAMPLES, data.size()); i++) {
      tell(new Event.Inspected(data.inspect(i)));
    }
  }

  void saved(Saved saved) {
    link.send(
        new Event.CheckpointSaved(
            saved.id().stage().label(),
            saved.id().step(),
            saved.name(),
            saved.bytes(),
            saved.digest(),
            saved.seconds()));
  }

  /**
   * @param stepsBefore of earlier stages
   */
  Overseer overseer(long stepsBefore) {
    return new Overseer() {
      @Override
      public void training(long stepsDone) {
        link.heartbeat(stepsBefore + stepsDone, Activity.TRAINING);
      }

      @Override
      public void saving(long stepsDone) {
        link.heartbeat(stepsBefore + stepsDone, Activity.SAVING);
      }

      @Override
      public boolean stopRequested() {
        return link.stopRequested();
      }

      @Override
      public void on(String what, long done, long total) {
        link.on(what, done, total);
      }

      @Override
      public void tell(Event event) {
        link.send(event);
      }
    };
  }
}
