package io.litoperator.e2e.program;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Pods without nodes: this process says what a kubelet would say of them. */
final class SimulatedPods implements AutoCloseable {
  private static final int THREADS = 4;

  private final KubernetesClient client;
  private final Map<String, Instant> firstSeen = new ConcurrentHashMap<>();
  private final ExecutorService kubelet = Executors.newFixedThreadPool(THREADS);
  private final SharedIndexInformer<Pod> pods;
  private volatile boolean running;

  SimulatedPods(KubernetesClient client, String namespace) {
    this.client = client;
    this.pods = client.pods().inNamespace(namespace).inform(new Watcher());
  }

  /** From now on, Pods run as soon as they are there; those that are there too. */
  void run() {
    running = true;
    pods.getStore().list().forEach(pod -> KubeletReport.running(client, pod));
  }

  /** From now on, Pods stay as they are made. */
  void rest() {
    running = false;
  }

  /** Ends all Pods with exit code 0. */
  void succeedAll() {
    pods.getStore().list().forEach(pod -> KubeletReport.exited(client, pod, 0));
  }

  Pod named(String name) {
    return pods.getStore().list().stream()
        .filter(pod -> pod.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** When both Pods of a job were there. */
  Instant secondSeen(String job) {
    Instant first = firstSeen.get(job + "-0");
    Instant second = firstSeen.get(job + "-1");
    return first.isAfter(second) ? first : second;
  }

  /** When the watch first told of a Pod, by name. */
  Map<String, Instant> firstSeen() {
    return firstSeen;
  }

  /** Waits until so many Pods were seen. */
  void awaitSeen(int count) {
    synchronized (firstSeen) {
      while (firstSeen.size() < count) {
        try {
          firstSeen.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException(e);
        }
      }
    }
  }

  @Override
  public void close() {
    kubelet.shutdownNow();
    pods.close();
  }

  private final class Watcher implements ResourceEventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      synchronized (firstSeen) {
        firstSeen.putIfAbsent(pod.getMetadata().getName(), Instant.now());
        firstSeen.notifyAll();
      }
      if (running) {
        kubelet.execute(() -> KubeletReport.running(client, pod));
      }
    }

    @Override
    public void onUpdate(Pod former, Pod pod) {}

    @Override
    public void onDelete(Pod pod, boolean stale) {}
  }
}
