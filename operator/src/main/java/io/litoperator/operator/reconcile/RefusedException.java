package io.litoperator.operator.reconcile;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import java.util.Set;

/** The API server would not make something that a job needs, and a person may have to help. */
final class RefusedException extends RuntimeException {
  /**
   * It is forbidden or invalid, a webhook says no or fails, or the API server knows no such kind.
   * What else it answers, a try a moment later may change.
   */
  private static final Set<Integer> CODES = Set.of(400, 403, 404, 422, 500);

  private final String reason;

  private RefusedException(String reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
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
        thrown.getStatus() == null ? thrown.getMessage() : thrown.getStatus().getMessage();
    return new RefusedException(reason(object, message), message, thrown);
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
                null));
  }

  /** In one word. */
  String reason() {
    return reason;
  }

  private static String reason(HasMetadata object, String message) {
    if (message.contains("exceeded quota")) {
      return "QuotaExceeded";
    }
    return object instanceof Pod ? "PodRefused" : "ObjectRefused";
  }

  private static Optional<String> owner(HasMetadata object) {
    return object.getMetadata().getOwnerReferences().stream()
        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
        .map(OwnerReference::getUid)
        .findFirst();
  }
}
