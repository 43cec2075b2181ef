package io.litoperator.operator.plan;

import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.operator.event.JobEvents;
import io.litoperator.operator.resource.JobResources;
import io.litoperator.operator.resource.ResourceSettings;
import io.litoperator.operator.snapshot.Refusal;
import io.litoperator.operator.snapshot.Snapshot;
import io.litoperator.operator.status.Course;
import io.litoperator.operator.status.Course.Halt;
import io.litoperator.operator.status.Phases;
import io.litoperator.operator.status.Statuses;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Decides what is to be done about a job. */
public final class Planner {
  /** This operator's name in {@code spec.managedBy}. */
  public static final String MANAGER = "lit-operator";

  /** What a job's first status may wait for other jobs' Pods. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

  private static final Duration SOON = Duration.ofSeconds(1);

  private final ResourceSettings settings;
  private final Duration patience;

  /**
   * @param settings of the objects that are made
   * @param patience what a coordinator is given to save a checkpoint and stop, before its Pods are
   *     deleted; their own grace follows
   */
  public Planner(ResourceSettings settings, Duration patience) {
    this.settings = settings;
    this.patience = patience;
  }

  /** Never fails; the same snapshot gives the same plan. */
  public Plan plan(Snapshot snapshot) {
    LitTrainingJob job = snapshot.job();
    if (job.isMarkedForDeletion() || isManagedByAnother(job)) {
      return Plan.NOTHING;
    }
    if (snapshot.status().map(LitTrainingJobStatus::phase).filter(Phases::isOver).isPresent()) {
      return Aftermath.plan(snapshot);
    }
    Course course = invalid(snapshot).orElseGet(() -> Courses.plot(snapshot));
    return course.end().isPresent() ? end(snapshot, course) : carryOn(snapshot, course);
  }

  private static boolean isManagedByAnother(LitTrainingJob job) {
    String manager = job.getSpec().managedBy();
    return manager != null && !manager.equals(MANAGER);
  }

  private static Optional<Course> invalid(Snapshot snapshot) {
    return Acceptance.problem(snapshot)
        .map(
            problem ->
                Courses.recorded(snapshot)
                    .withMembers(List.of())
                    .ended(new Course.Invalid("Invalid", problem.toString())));
  }

  private Plan carryOn(Snapshot snapshot, Course course) {
    JobResources resources = JobResources.of(snapshot.job(), settings);
    PodWork pods = PodWork.of(snapshot, course, resources, patience(resources));
    List<Action> actions = new ArrayList<>();
    if (course.halt() == Halt.NONE) {
      actions.addAll(ObjectWork.of(snapshot, resources, pods.creations()));
    }
    if (isBeginning(snapshot, course)) {
      if (!pods.creations().isEmpty()) {
        actions.addAll(pods.creations());
        return new Plan(actions, Optional.empty());
      }
      if (actions.isEmpty() && pods.removals().isEmpty() && mayBeToldLater(snapshot, course)) {
        return new Plan(List.of(), Optional.of(snapshot.now().plus(SOON)));
      }
    }
    Statuses.Outlook outlook = Statuses.of(snapshot, course);
    actions.addAll(tell(snapshot, outlook.status()));
    actions.addAll(pods.removals());
    actions.addAll(pods.creations());
    return new Plan(actions, wakeAt(snapshot, course, pods, outlook));
  }

  /** A job that needs long to save needs as long when it is asked to. */
  private Duration patience(JobResources resources) {
    Duration grace = resources.terminationGracePeriod();
    return patience.compareTo(grace) < 0 ? grace : patience;
  }

  /** Pods that still run are seen to afterwards, when the end is on record. */
  private static Plan end(Snapshot snapshot, Course course) {
    return new Plan(
        tell(snapshot, Statuses.of(snapshot, course).status()), Optional.of(snapshot.now()));
  }

  private static List<Action> tell(Snapshot snapshot, LitTrainingJobStatus status) {
    if (!Statuses.saysMore(snapshot.status(), status)) {
      return List.of();
    }
    List<Action> actions = new ArrayList<>();
    actions.add(new Action.PatchStatus(snapshot.job(), status));
    JobEvents.between(snapshot.status(), status)
        .forEach(event -> actions.add(new Action.Emit(event)));
    return actions;
  }

  /**
   * Whether the first Pods may be made before the status tells of them: there is no decision yet
   * that could be forgotten, and Pods of the same names cannot be made twice.
   */
  private static boolean isBeginning(Snapshot snapshot, Course course) {
    return snapshot.status().isEmpty() && course.attempt() == 1 && course.lastFailure() == null;
  }

  /** Pods first: of many jobs that are made at once, none waits for what others' statuses take. */
  private static boolean mayBeToldLater(Snapshot snapshot, Course course) {
    Instant latest = snapshot.now().minus(LONGEST_SILENCE);
    return snapshot.othersWait()
        && course.halt() == Halt.NONE
        && snapshot.workers().size() == course.members().size()
        && snapshot.workers().stream().allMatch(pod -> pod.createdAt().isAfter(latest));
  }

  private static Optional<Instant> wakeAt(
      Snapshot snapshot, Course course, PodWork pods, Statuses.Outlook outlook) {
    List<Instant> wakeUps = new ArrayList<>(pods.wakeUps().toList());
    outlook.lookAgainAt().ifPresent(wakeUps::add);
    snapshot.standingRefusal().map(Refusal::retryAt).ifPresent(wakeUps::add);
    if (course.halt() != Halt.SUSPEND) {
      Courses.deadline(snapshot, course).ifPresent(wakeUps::add);
      Silence.limit(snapshot, course).ifPresent(wakeUps::add);
    }
    return wakeUps.stream().min(Comparator.naturalOrder());
  }
}
