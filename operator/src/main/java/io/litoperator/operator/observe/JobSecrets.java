package io.litoperator.operator.observe;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.time.Clock;
import java.util.Optional;

/**
 * The jobs' Secrets, read by name: the operator may not list or watch Secrets, so that it never
 * holds another's.
 */
public final class JobSecrets {
  private final KubernetesClient client;

  /** What is here existed when it was last read or written. */
  private final JobMemory<Secret> known;

  /** The jobs that were looked at and not told of yet. */
  private final JobMemory<Boolean> begun;

  public JobSecrets(KubernetesClient client, Clock clock) {
    this.client = client;
    this.known = new JobMemory<>(clock);
    this.begun = new JobMemory<>(clock);
  }

  /**
   * The job's Secret. A job that is new is taken to have none without being asked for it: if it has
   * one, making another is refused, and the next look reads it.
   *
   * @param fresh whether it must be read anew, because Pods are about to need it
   */
  Optional<Secret> of(LitTrainingJob job, boolean fresh) {
    String uid = job.getMetadata().getUid();
    Optional<Secret> cached = fresh ? Optional.empty() : known.of(job);
    if (cached.isPresent()) {
      return cached;
    }
    if (job.told().isEmpty() && begun.putIfAbsent(job, true)) {
      return Optional.empty();
    }
    Optional<Secret> read =
        Optional.ofNullable(
                client
                    .secrets()
                    .inNamespace(job.getMetadata().getNamespace())
                    .withName(job.getMetadata().getName())
                    .get())
            .filter(secret -> secret.hasOwnerReferenceFor(uid));
    read.ifPresentOrElse(secret -> known.put(job, secret), () -> known.forget(job));
    return read;
  }

  /** Takes in a Secret that was just written. */
  public void wrote(Secret secret) {
    secret.getMetadata().getOwnerReferences().forEach(owner -> known.put(owner.getUid(), secret));
  }
}
