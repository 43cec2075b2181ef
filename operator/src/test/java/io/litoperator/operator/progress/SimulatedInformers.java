package io.litoperator.operator.progress;

import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** What informers would hold; tests put it there. */
final class SimulatedInformers implements JobView {
  volatile boolean ready = true;
  private final Map<JobName, LitTrainingJob> jobs = new ConcurrentHashMap<>();
  private final Map<JobName, Pod> pods = new ConcurrentHashMap<>();

  void put(LitTrainingJob job) {
    jobs.put(JobName.of(job), job);
  }

  void put(Pod pod) {
    pods.put(new JobName(pod.getMetadata().getNamespace(), pod.getMetadata().getName()), pod);
  }

  void remove(JobName name) {
    jobs.remove(name);
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public Optional<LitTrainingJob> job(String namespace, String name) {
    return Optional.ofNullable(jobs.get(new JobName(namespace, name)));
  }

  @Override
  public Optional<Pod> pod(String namespace, String name) {
    return Optional.ofNullable(pods.get(new JobName(namespace, name)));
  }

  @Override
  public Stream<LitTrainingJob> jobs() {
    return jobs.values().stream();
  }
}
