package io.litoperator.operator.observe;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The jobs' Secrets, read by name: the operator may not list or watch Secrets, so that it never
 * holds another's.
 */
public final class JobSecrets {
  /** Every job that there is is looked at more often; one that is not looked at is gone. */
  private static final Duration KEPT = Duration.ofMinutes(20);

  private final KubernetesClient client;

  /** By the job's uid; what is here existed when it was last read or written. */
  private final Cache<String, Secret> known;

  /** The jobs without a status that were looked at, by uid. */
  private final Cache<String, Boolean> begun;

  public JobSecrets(KubernetesClient client, Clock clock) {
    this.client = client;
    Caffeine<Object, Object> kept =
        Caffeine.newBuilder()
            .expireAfterAccess(KEPT)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()));
    this.known = kept.build();
    this.begun = kept.build();
  }

  /**
   * The job's Secret. A job that is new is taken to have none without being asked for it: if it has
   * one, making another is refused, and the next look reads it.
   *
   * @param fresh whether it must be read anew, because Pods are about to need it
   */
  Optional<Secret> of(LitTrainingJob job, boolean fresh) {
    String uid = job.getMetadata().getUid();
    Secret cached = fresh ? null : known.getIfPresent(uid);
    if (cached != null) {
      return Optional.of(cached);
    }
    if (job.getStatus() == null && begun.asMap().putIfAbsent(uid, true) == null) {
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
    read.ifPresentOrElse(secret -> known.put(uid, secret), () -> known.invalidate(uid));
    return read;
  }

  /** Takes in a Secret that was just written. */
  public void wrote(Secret secret) {
    secret.getMetadata().getOwnerReferences().forEach(owner -> known.put(owner.getUid(), secret));
  }
}
