package io.litoperator.operator.reconcile;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesResourceUtil;
import io.litoperator.api.job.Problem;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.resource.PodFields;
import java.util.Optional;
import java.util.Set;

/** The API server would not make something that a job needs, and a person may have to help. */
final class RefusedException extends RuntimeException {
  /**
   * It is forbidden or invalid, a webhook says no or fails, or the API server knows no such kind.
   * What else it answers, a try a moment later may change.
   */
  private static final Set<Integer> CODES = Set.of(400, 403, 404, 422, 500);

  private static final String QUOTA = "QuotaExceeded";

  private final String reason;
  private final HasMetadata object;

  private RefusedException(
      String reason, String message, HasMetadata object, KubernetesClientException cause) {
    super(message, cause);
    this.reason = reason;
    this.object = object;
  }

  /**
   * @param object that was to be made
   * @return a refusal, or what was thrown if it is none
   */
  static RuntimeException orSame(HasMetadata object, KubernetesClientException thrown) {
    if (!CODES.contains(thrown.getCode())) {
      return thrown;
    }
    String message =
        Optional.ofNullable(thrown.getStatus())
            .map(Status::getMessage)
            .orElseGet(thrown::getMessage);
    return new RefusedException(reason(object, message), message, object, thrown);
  }

  /**
   * @param object that was to be made
   * @param there what has its name
   * @return a refusal if that is not the same job's
   */
  static Optional<RefusedException> ofTaken(HasMetadata object, HasMetadata there) {
    return owner(object).equals(owner(there))
        ? Optional.empty()
        : Optional.of(
            new RefusedException(
                "NameTaken",
                "There is a %s %s already that is not this job's: delete it, or give the job another name."
                    .formatted(object.getKind(), object.getMetadata().getName()),
                object,
                null));
  }

  /** In one word. */
  String reason() {
    return reason;
  }

  /**
   * What of the job is at fault. Only the API server's own rules tell it: what a webhook or a
   * policy refuses may be in order tomorrow.
   */
  Optional<Problem> fault(LitTrainingJob job) {
    return object instanceof Pod pod
            && getCause() instanceof KubernetesClientException thrown
            && thrown.getStatus() != null
        ? invalid(job, pod, getMessage(), thrown.getStatus().getDetails())
        : Optional.empty();
  }

  private static Optional<Problem> invalid(
      LitTrainingJob job, Pod pod, String message, StatusDetails details) {
    String own = "Pod \"%s\" is invalid: ".formatted(pod.getMetadata().getName());
    if (!message.startsWith(own) || details == null) {
      return Optional.empty();
    }
    return details.getCauses().stream()
        .flatMap(
            cause ->
                Optional.ofNullable(cause.getField())
                    .flatMap(field -> PodFields.origin(job.getSpec(), pod, field))
                    .map(field -> new Problem(field, cause.getMessage()))
                    .stream())
        .findFirst();
  }

  /** Whether a quota is used up; that is looked at before whether the object is there. */
  boolean isForQuota() {
    return reason.equals(QUOTA);
  }

  private static String reason(HasMetadata object, String message) {
    if (message.contains("exceeded quota")) {
      return QUOTA;
    }
    return object instanceof Pod ? "PodRefused" : "ObjectRefused";
  }

  private static Optional<String> owner(HasMetadata object) {
    return Optional.ofNullable(KubernetesResourceUtil.getControllerUid(object))
        .map(OwnerReference::getUid);
  }
}
