package io.litoperator.operator.observe;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The jobs' Secrets, read by name: the operator may not list or watch Secrets, so that it never
 * holds another's.
 */
public final class JobSecrets {
  private final KubernetesClient client;

  /** By the job's uid; what is here existed when it was last read or written. */
  private final Map<String, Secret> known = new ConcurrentHashMap<>();

  public JobSecrets(KubernetesClient client) {
    this.client = client;
  }

  /**
   * The job's Secret.
   *
   * @param fresh whether it must be read anew, because Pods are about to need it
   */
  Optional<Secret> of(LitTrainingJob job, boolean fresh) {
    String uid = job.getMetadata().getUid();
    Secret cached = fresh ? null : known.get(uid);
    if (cached != null) {
      return Optional.of(cached);
    }
    Optional<Secret> read =
        Optional.ofNullable(
                client
                    .secrets()
                    .inNamespace(job.getMetadata().getNamespace())
                    .withName(job.getMetadata().getName())
                    .get())
            .filter(secret -> isOwnedBy(secret, uid));
    read.ifPresentOrElse(secret -> known.put(uid, secret), () -> known.remove(uid));
    return read;
  }

  /** Takes in a Secret that was just written. */
  public void wrote(Secret secret) {
    secret.getMetadata().getOwnerReferences().forEach(owner -> known.put(owner.getUid(), secret));
  }

  public void forget(LitTrainingJob job) {
    known.remove(job.getMetadata().getUid());
  }

  private static boolean isOwnedBy(Secret secret, String uid) {
    return secret.getMetadata().getOwnerReferences().stream()
        .anyMatch(owner -> uid.equals(owner.getUid()));
  }
}
