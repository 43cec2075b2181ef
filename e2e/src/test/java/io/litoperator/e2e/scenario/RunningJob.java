package io.litoperator.e2e.scenario;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.controlplane.Command;
import io.litoperator.e2e.cluster.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A job in the cluster, with all that its watch has told. Closing deletes it. */
final class RunningJob implements AutoCloseable {
  /** The main class of ranks. */
  static final String RANK = "io.litoperator.worker.run.RankRun";

  private static final Set<Phase> ENDS = EnumSet.of(Phase.SUCCEEDED, Phase.FAILED);

  private final Testbed testbed;
  private final JobFile file;
  private final Instant applied = Instant.now();
  private final Journal<LitTrainingJob> journal;
  private final SharedIndexInformer<LitTrainingJob> jobs;
  private final SharedIndexInformer<Pod> pods;
  private final Steps steps;

  private RunningJob(Testbed testbed, JobFile file) {
    this.testbed = testbed;
    this.file = file;
    this.journal = new Journal<>("job " + file.name(), RunningJob::yamlOfStatus);
    this.jobs =
        testbed
            .client()
            .resources(LitTrainingJob.class)
            .inNamespace(Testbed.NAMESPACE)
            .withName(file.name())
            .inform(new Recorder());
    this.pods =
        testbed
            .client()
            .pods()
            .inNamespace(Testbed.NAMESPACE)
            .withLabel("lit-operator.io/job", file.name())
            .inform();
    this.steps = new Steps(file.name(), this::coordinatorsVolumes);
  }

  static RunningJob apply(Testbed testbed, JobFile file) {
    RunningJob job = new RunningJob(testbed, file);
    testbed.client().resource(file.yaml()).inNamespace(Testbed.NAMESPACE).create();
    return job;
  }

  private static String yamlOfStatus(LitTrainingJob job) {
    return "\n" + Serialization.asYaml(job.getStatus());
  }

  String name() {
    return file.name();
  }

  Resource<LitTrainingJob> resource() {
    return testbed
        .client()
        .resources(LitTrainingJob.class)
        .inNamespace(Testbed.NAMESPACE)
        .withName(name());
  }

  /** Changes the spec as {@code kubectl patch --type=merge} does. */
  void patchSpec(String json) {
    resource().patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": " + json + "}");
  }

  Journal<LitTrainingJob> journal() {
    return journal;
  }

  Steps steps() {
    return steps;
  }

  LitTrainingJobStatus status() {
    return Objects.requireNonNull(journal.newest().getStatus(), "no status yet");
  }

  /** Waits for a phase; a job that ended in another will not come to it. */
  LitTrainingJobStatus await(Phase phase, Duration limit) {
    LitTrainingJobStatus status =
        await(
            "in phase " + phase,
            limit,
            each -> each.phase() == phase || ENDS.contains(each.phase()));
    if (status.phase() != phase) {
      throw new AssertionError(name() + " ended: " + status);
    }
    return status;
  }

  /** Waits for a status. */
  LitTrainingJobStatus await(
      String what, Duration limit, Predicate<LitTrainingJobStatus> condition) {
    return journal
        .await(0, what, limit, job -> job.told().filter(condition).isPresent())
        .what()
        .getStatus();
  }

  /** Waits until the job has trained on from now, and its status tells so. */
  void awaitProgress(Duration limit) {
    long step = steps.next(steps.journal().size(), limit).what().step();
    await(
        "told to be past step " + step,
        limit,
        status -> status.progress() != null && status.progress().step() > step);
  }

  /** Waits for a checkpoint to be begun: its hidden folder to be made. */
  void awaitSave(Duration limit) {
    Path checkpoints = testbed.checkpoints().resolve("jobs").resolve(name());
    long deadline = System.nanoTime() + limit.toNanos();
    try (WatchService made = checkpoints.getFileSystem().newWatchService()) {
      checkpoints.register(made, StandardWatchEventKinds.ENTRY_CREATE);
      for (long left = limit.toNanos(); left > 0; left = deadline - System.nanoTime()) {
        WatchKey key = made.poll(left, TimeUnit.NANOSECONDS);
        if (key != null && key.pollEvents().stream().anyMatch(RunningJob::isPartialCheckpoint)) {
          return;
        }
        if (key != null) {
          key.reset();
        }
      }
      throw new AssertionError("%s saved nothing within %s.".formatted(name(), limit));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for a save of " + name(), e);
    }
  }

  private static boolean isPartialCheckpoint(WatchEvent<?> made) {
    return String.valueOf(made.context()).endsWith(".partial");
  }

  /** The Pods that are there, by the watch. */
  List<Pod> pods() {
    return pods.getStore().list();
  }

  /** The newest Pod of an index. */
  Pod pod(int index) {
    return findPod(index).orElseThrow(() -> new AssertionError("No Pod " + index + "."));
  }

  /** The node that a Pod is on. */
  Node node(Pod pod) {
    return testbed.cluster().node(pod.getSpec().getNodeName());
  }

  /** Processes of a Pod that have a word among their arguments; at least one. */
  List<ProcessHandle> processes(int index, String word) {
    Pod pod = pod(index);
    List<ProcessHandle> found =
        node(pod).processes(pod.getMetadata().getUid()).stream()
            .filter(process -> arguments(process).contains(word))
            .toList();
    if (found.isEmpty()) {
      throw new AssertionError("No process '%s' in Pod %d of %s.".formatted(word, index, name()));
    }
    return found;
  }

  /** Has the ranks of a job of one Pod stand still, which then takes no processor from others. */
  void rest() {
    signalRanks("STOP");
  }

  /** The opposite of {@link #rest}. */
  void goOn() {
    signalRanks("CONT");
  }

  private void signalRanks(String signal) {
    processes(0, RANK).forEach(rank -> Command.run("kill", "-" + signal, "" + rank.pid()));
  }

  /** Of a process; {@link ProcessHandle.Info} cuts them at a page, which a class path may fill. */
  private static List<String> arguments(ProcessHandle process) {
    try {
      Path file = Path.of("/proc", String.valueOf(process.pid()), "cmdline");
      return List.of(Files.readString(file).split("\0"));
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    steps.close();
    LitTrainingJob last = resource().get();
    if (last != null) {
      Evidence.keep(testbed.client(), last, pods(), testbed.evidence().resolve(name()));
      resource().delete();
    }
    jobs.close();
    pods.close();
  }

  private Optional<Pod> findPod(int index) {
    String name = name() + "-" + index;
    return pods().stream().filter(pod -> pod.getMetadata().getName().equals(name)).findFirst();
  }

  private Optional<Path> coordinatorsVolumes() {
    return findPod(0)
        .filter(pod -> pod.getSpec().getNodeName() != null)
        .map(pod -> node(pod).volumes(pod.getMetadata().getUid()));
  }

  /** Keeps what the watch tells, and reports each new phase. */
  private final class Recorder implements ResourceEventHandler<LitTrainingJob> {
    private Phase phase;

    @Override
    public void onAdd(LitTrainingJob job) {
      record(job);
    }

    @Override
    public void onUpdate(LitTrainingJob former, LitTrainingJob job) {
      record(job);
    }

    @Override
    public void onDelete(LitTrainingJob job, boolean stale) {}

    private void record(LitTrainingJob job) {
      Phase now = job.getStatus() == null ? null : job.getStatus().phase();
      if (now != null && now != phase) {
        testbed.report().phase(name(), now, Duration.between(applied, Instant.now()));
        phase = now;
      }
      journal.add(job);
    }
  }
}
