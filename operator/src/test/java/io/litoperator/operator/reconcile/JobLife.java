package io.litoperator.operator.reconcile;

import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.operator.snapshot.ObservedPod;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/** What happens to a job of two Pods until it is done. */
enum JobLife {
  /** And what its coordinator told nobody: that it had restarted ranks in place. */
  LOSES_A_POD(3, 2, Map.of("RankFailed", 1, "PodFailed", 1)) {
    @Override
    List<Turn> beforeItsEnd() {
      return List.of(new Turn("loses a Pod", JobLife::isComplete, JobLife::lose));
    }
  },
  IS_SUSPENDED_AND_RESUMED(4, 2, Map.of()) {
    @Override
    List<Turn> beforeItsEnd() {
      return List.of(
          new Turn("trains", JobLife::isComplete, JobLife::train),
          new Turn("suspends", isIn(Phase.FINETUNING), (jobs, job) -> jobs.suspend(job, true)),
          new Turn("obeys", isIn(Phase.SUSPENDING), JobLife::stop),
          new Turn("resumes", isIn(Phase.SUSPENDED), (jobs, job) -> jobs.suspend(job, false)));
    }
  },
  IS_RESIZED(3, 1, Map.of("Resized", 1)) {
    @Override
    List<Turn> beforeItsEnd() {
      return List.of(
          new Turn("trains", JobLife::isComplete, JobLife::train),
          new Turn("is resized", isIn(Phase.FINETUNING), (jobs, job) -> jobs.resize(job, 1)),
          new Turn("obeys", (job, pods) -> true, JobLife::stop));
    }
  };

  private final int pods;
  private final int nodesAtTheEnd;
  private final Map<String, Integer> restarts;

  JobLife(int pods, int nodesAtTheEnd, Map<String, Integer> restarts) {
    this.pods = pods;
    this.nodesAtTheEnd = nodesAtTheEnd;
    this.restarts = restarts;
  }

  /** What the user or the cluster does once the job, and its Pods, have come so far. */
  record Turn(
      String name,
      BiPredicate<LitTrainingJob, List<Pod>> condition,
      BiConsumer<JobNamespace, LitTrainingJob> act) {
    boolean isDue(LitTrainingJob job, List<Pod> pods) {
      return job.getStatus() != null && condition.test(job, pods);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  abstract List<Turn> beforeItsEnd();

  List<Turn> turns() {
    return Stream.concat(
            beforeItsEnd().stream(),
            Stream.of(new Turn("is done", JobLife::isComplete, JobLife::finish)))
        .toList();
  }

  /** Whether its beginning, too, is of interest: that of all lives is the same. */
  boolean countsFromBirth() {
    return this == LOSES_A_POD;
  }

  /** All that there ever are. */
  int pods() {
    return pods;
  }

  int nodesAtTheEnd() {
    return nodesAtTheEnd;
  }

  /** By reason. */
  Map<String, Integer> restarts() {
    return restarts;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** All Pods that the job wants run, and its status knows them. */
  private static boolean isComplete(LitTrainingJob job, List<Pod> pods) {
    LitTrainingJobStatus status = job.getStatus();
    return status.members() != null
        && status.members().size() == job.getSpec().topology().nodes()
        && pods.size() == status.members().size()
        && pods.stream().map(ObservedPod::new).allMatch(pod -> isMember(pod, status));
  }

  private static boolean isMember(ObservedPod pod, LitTrainingJobStatus status) {
    return pod.isRunning()
        && !pod.isTerminating()
        && status.members().stream().anyMatch(member -> pod.uid().equals(member.podUid()));
  }

  private static BiPredicate<LitTrainingJob, List<Pod>> isIn(Phase phase) {
    return (job, pods) -> job.getStatus().phase() == phase;
  }

  private static void lose(JobNamespace jobs, LitTrainingJob job) {
    ProgressReport last =
        new ProgressReport(
            2, 1, Activity.WAITING, 2, null, null, null, null, Map.of("RankFailed", 1), null);
    jobs.workers().exitUnheard(jobs.workers().pods().get(0), 70, last);
  }

  private static void train(JobNamespace jobs, LitTrainingJob job) {
    jobs.workers().report(job, Activity.FINETUNING);
  }

  private static void stop(JobNamespace jobs, LitTrainingJob job) {
    jobs.workers().report(job, Activity.STOPPED);
    jobs.workers().pods().forEach(pod -> jobs.workers().exit(pod, 75));
  }

  private static void finish(JobNamespace jobs, LitTrainingJob job) {
    jobs.workers().report(job, Activity.DONE);
    jobs.workers().pods().forEach(pod -> jobs.workers().exit(pod, 0));
  }
}
