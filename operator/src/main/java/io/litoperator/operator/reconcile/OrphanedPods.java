package io.litoperator.operator.reconcile;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesResourceUtil;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.logging.JobLog;
import io.litoperator.operator.observe.JobCaches;
import io.litoperator.operator.snapshot.ObservedPod;
import java.net.HttpURLConnection;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets Pods go whose job is deleted. The garbage collector deletes them, but Kueue keeps them by
 * its finalizer until others replace them, and with them their quota. Jobs need no finalizer for
 * this: what an operator misses, the next one finds.
 */
public final class OrphanedPods {
  private static final Logger log = LoggerFactory.getLogger(OrphanedPods.class);

  private static final String KIND = HasMetadata.getKind(LitTrainingJob.class);

  private final KubernetesClient client;
  private final JobCaches caches;

  public OrphanedPods(KubernetesClient client, JobCaches caches) {
    this.client = client;
    this.caches = caches;
  }

  /** Of all that have ended or have never been placed. */
  public void letGo() {
    if (caches.ready()) {
      caches
          .pods(pod -> new ObservedPod(pod).isKeptByKueueAlone())
          .filter(this::isOrphan)
          .forEach(this::letGo);
    }
  }

  /** The cache is asked first, as nearly all have their job. */
  private boolean isOrphan(Pod pod) {
    String namespace = pod.getMetadata().getNamespace();
    return owner(pod)
        .filter(job -> caches.job(namespace, job.getName()).filter(it -> lives(it, job)).isEmpty())
        .filter(job -> live(namespace, job.getName()).filter(it -> lives(it, job)).isEmpty())
        .isPresent();
  }

  private static Optional<OwnerReference> owner(Pod pod) {
    return Optional.ofNullable(KubernetesResourceUtil.getControllerUid(pod))
        .filter(controller -> controller.getKind().equals(KIND));
  }

  private Optional<LitTrainingJob> live(String namespace, String name) {
    return Optional.ofNullable(
        client.resources(LitTrainingJob.class).inNamespace(namespace).withName(name).get());
  }

  private static boolean lives(LitTrainingJob job, OwnerReference owner) {
    return job.getMetadata().getUid().equals(owner.getUid()) && !job.isMarkedForDeletion();
  }

  /** One that cannot be let go keeps no other; one that has changed is seen again. */
  void letGo(Pod pod) {
    try {
      KueuePods.release(client, pod);
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        JobLog.with(
            pod.getMetadata().getNamespace(),
            owner(pod).orElseThrow().getName(),
            Optional.of(new ObservedPod(pod).attempt()),
            () ->
                log.warn(
                    "Pod {} of a deleted job still has Kueue's finalizer: {}",
                    pod.getMetadata().getName(),
                    e.getMessage()));
      }
    }
  }
}
