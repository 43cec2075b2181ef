package io.litoperator.operator.metrics;

import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is remembered of a job from one look to the next. */
record JobWatch(Tally tally, Optional<Goodput> goodput) {

  /** A look's result. */
  record Look(JobWatch watch, List<Happening> happenings) {}

  /** Of a job that this process has done nothing about yet. */
  static JobWatch begin(LitTrainingJob job, Instant now) {
    return new JobWatch(Tally.of(job), job.told().map(status -> Goodput.begin(status, now)));
  }

  Look next(LitTrainingJob job, Instant now) {
    Tally.Growth growth = tally.next(job);
    Optional<Goodput> counted =
        job.told()
            .map(
                status ->
                    goodput
                        .map(before -> before.next(status, now))
                        .orElseGet(() -> Goodput.begin(status, now)));
    return new Look(new JobWatch(growth.tally(), counted), growth.happenings());
  }
}
