package io.litoperator.operator.reconcile;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.logging.JobLog;
import io.litoperator.operator.metrics.JobMetrics;
import io.litoperator.operator.observe.JobCaches;
import io.litoperator.operator.observe.Observer;
import io.litoperator.operator.plan.Plan;
import io.litoperator.operator.plan.Planner;
import io.litoperator.operator.progress.LastReport;
import io.litoperator.operator.progress.ProgressStatus;
import io.litoperator.operator.snapshot.Snapshot;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Observes a job, plans, and does what the plan says. */
@Singleton
@ControllerConfiguration(
    name = "littrainingjob",
    generationAwareEventProcessing = false,
    informer = @Informer(onUpdateFilter = News.class),
    maxReconciliationInterval =
        @MaxReconciliationInterval(interval = 10, timeUnit = TimeUnit.MINUTES))
@GradualRetry(
    maxAttempts = Integer.MAX_VALUE,
    initialInterval = 200,
    intervalMultiplier = 2,
    maxInterval = 30_000)
public class LitTrainingJobReconciler implements Reconciler<LitTrainingJob> {
  /** Where a change made meanwhile voids a plan, another is made. */
  private static final int MOST_ROUNDS = 4;

  private static final Duration SOON = Duration.ofMillis(500);

  /**
   * Puts the job behind all that wait to be looked at: of many that are made at once, all have
   * their Pods before the status of any tells of them.
   */
  private static final Duration AFTER_THE_OTHERS = Duration.ofMillis(1);

  private final JobCaches caches;
  private final Observer observer;
  private final Planner planner;
  private final ActionRunner runner;
  private final JobMetrics metrics;
  private final Clock clock;
  private final Refusals refusals;
  private final Newcomers newcomers;

  public LitTrainingJobReconciler(
      JobCaches caches,
      Observer observer,
      Planner planner,
      ActionRunner runner,
      JobMetrics metrics,
      Clock clock) {
    this.caches = caches;
    this.observer = observer;
    this.planner = planner;
    this.runner = runner;
    this.metrics = metrics;
    this.clock = clock;
    this.refusals = new Refusals(clock);
    this.newcomers = new Newcomers(caches, clock);
  }

  @Override
  public List<EventSource<?, LitTrainingJob>> prepareEventSources(
      EventSourceContext<LitTrainingJob> context) {
    return caches.prepare(context);
  }

  /** Writes to the API server only as the plan says; the framework is told when to wake up. */
  @Override
  public UpdateControl<LitTrainingJob> reconcile(
      LitTrainingJob job, Context<LitTrainingJob> context) {
    metrics.sight(job, clock.instant());
    try {
      return JobLog.with(job, () -> rounds(job, context));
    } finally {
      newcomers.lookedAt(job);
    }
  }

  private UpdateControl<LitTrainingJob> rounds(
      LitTrainingJob job, Context<LitTrainingJob> context) {
    LitTrainingJob current = job;
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Snapshot snapshot =
          observer.observe(current, refusals.of(current), newcomers.areBehind(current));
      try {
        Optional<ProgressStatus> unheard = LastReport.unheard(snapshot);
        if (unheard.isPresent()) {
          current = runner.write(current, unheard.get());
          remember(job, current, context);
          continue;
        }
        Plan plan = planner.plan(snapshot);
        Optional<LitTrainingJob> written = runner.run(current, plan);
        written.ifPresent(now -> remember(job, now, context));
        if (plan.makesObjects()) {
          refusals.forget(current);
        }
        if (plan.makesPods()) {
          return UpdateControl.<LitTrainingJob>noUpdate().rescheduleAfter(AFTER_THE_OTHERS);
        }
        return wake(plan.wakeAt(), snapshot.now());
      } catch (RefusedException e) {
        refusals.note(current, e);
        current = runner.read(current).orElse(current);
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
          throw e;
        }
        Optional<LitTrainingJob> live = runner.read(current);
        if (live.isEmpty()) {
          return UpdateControl.noUpdate();
        }
        current = live.get();
      }
    }
    return UpdateControl.<LitTrainingJob>noUpdate().rescheduleAfter(SOON);
  }

  /** The next reconcile must not begin with a status from before this one. */
  private static void remember(
      LitTrainingJob before, LitTrainingJob now, Context<LitTrainingJob> context) {
    context
        .eventSourceRetriever()
        .getControllerEventSource()
        .handleRecentResourceUpdate(ResourceID.fromResource(now), now, before);
  }

  private static UpdateControl<LitTrainingJob> wake(Optional<Instant> at, Instant now) {
    UpdateControl<LitTrainingJob> control = UpdateControl.noUpdate();
    at.ifPresent(
        then -> control.rescheduleAfter(Math.max(1, Duration.between(now, then).toMillis())));
    return control;
  }
}
