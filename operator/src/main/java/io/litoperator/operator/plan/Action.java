package io.litoperator.operator.plan;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.operator.event.JobEvent;

/** One thing to do. Those that follow one that failed are not done. */
public sealed interface Action {
  /** Created, or where it is there, applied with force, if it is the job's. */
  record Apply(HasMetadata object) implements Action {}

  /**
   * Made if there is none: one that has its name is the same.
   *
   * @param wasThere whether Pods have had it: then nothing is told by a quota that is used up,
   *     which the API server looks at first
   */
  record CreateSecret(Secret secret, boolean wasThere) implements Action {}

  /** Made only if no Pod has this name. */
  record CreatePod(Pod pod) implements Action {}

  /**
   * Refused by the API server if the job has changed since it was observed: what was decided may
   * not hold any more.
   */
  record PatchStatus(LitTrainingJob observed, LitTrainingJobStatus status) implements Action {}

  /** SIGTERM, then the Pod's own grace; refused if the Pod has changed since it was observed. */
  record DeletePod(Pod pod) implements Action {}

  /** Out of the API server at once, though no kubelet has confirmed that it ended; by its uid. */
  record ForceDeletePod(Pod pod) implements Action {}

  /** Takes Kueue's finalizer off a Pod that has ended, since its successor has the same name. */
  record ReleasePod(Pod pod) implements Action {}

  /** Tells Kueue that no Pod of a group will be made again; one of its Pods is enough to say so. */
  record GiveQuotaBack(Pod pod) implements Action {}

  /** Has the job own what Kueue holds of it, beside its Pods. */
  record OwnWorkload(LitTrainingJob job, GenericKubernetesResource workload) implements Action {}

  /** Only this very one; Kueue lets go what Pods it has, and its quota. */
  record DeleteWorkload(GenericKubernetesResource workload) implements Action {}

  record DeleteJob(LitTrainingJob job) implements Action {}

  record Emit(JobEvent event) implements Action {}
}
