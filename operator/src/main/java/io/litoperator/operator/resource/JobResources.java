package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * All objects of one job. The same job and settings give the same objects, byte for byte. Each
 * object has the job's labels and a controller owner reference, and all but the Secret and Pods,
 * which are made once, the annotation {@link Labels#APPLIED_HASH}.
 */
public final class JobResources {
  /** The worker's container in its Pod. */
  public static final String CONTAINER = "worker";

  static final String JOB_FILE = "job.yaml";

  /** Task templates from a ConfigMap, one a line. */
  static final String TEMPLATES_FILE = "templates.txt";

  static final String TOKEN = "token";

  private final LitTrainingJob job;
  private final LitTrainingJobSpec spec;
  private final Template template;
  private final Ownership ownership;
  private final ResourceSettings settings;
  private final ResolvedJob resolved;
  private final Scheduling scheduling;

  private JobResources(LitTrainingJob job, ResourceSettings settings) {
    this.job = job;
    this.spec = job.getSpec();
    this.template = Template.of(spec.template());
    this.ownership = Ownership.of(job);
    this.settings = settings;
    this.resolved = ResolvedJob.of(job);
    this.scheduling = Scheduling.of(spec, ownership, settings);
  }

  /**
   * @param job as an API server has it: admitted, with name, namespace and UID, and without {@link
   *     io.litoperator.operator.validation.JobValidation problems}
   */
  public static JobResources of(LitTrainingJob job, ResourceSettings settings) {
    return new JobResources(job, settings);
  }

  /** What a Pod's token for the progress endpoint is made out to. */
  public static String audience(String jobUid) {
    return "lit-operator.io/" + jobUid;
  }

  /** Where the coordinator reports to, at {@link ResourceSettings#reportBase}. */
  public static String reportPath(String namespace, String job) {
    return "/apis/lit-operator.io/v1alpha1/namespaces/%s/littrainingjobs/%s/progress"
        .formatted(namespace, job);
  }

  public static String podName(String job, int index) {
    return job + "-" + index;
  }

  /** Without rights and without tokens. */
  public ServiceAccount serviceAccount() {
    return AppliedHash.mark(
        new ServiceAccountBuilder()
            .withMetadata(ownership.metadata(ownership.job()).build())
            .withAutomountServiceAccountToken(false)
            .build());
  }

  /** Headless: the Pods' host names. Also of Pods that are not ready, as they meet before that. */
  public Service service() {
    return AppliedHash.mark(
        new ServiceBuilder()
            .withMetadata(ownership.metadata(ownership.job()).build())
            .withNewSpec()
            .withClusterIP("None")
            .withPublishNotReadyAddresses(true)
            .withSelector(ownership.selector())
            .addNewPort()
            .withName("rendezvous")
            .withPort(RendezvousPort.of(template, ownership))
            .withProtocol("TCP")
            .endPort()
            .endSpec()
            .build());
  }

  /** The resolved job; immutable, its name ends in a hash of the content. */
  public ConfigMap configMap() {
    return AppliedHash.mark(
        new ConfigMapBuilder()
            .withMetadata(ownership.metadata(resolved.configMapName(ownership.job())).build())
            .withImmutable(true)
            .withData(Map.of(JOB_FILE, resolved.yaml()))
            .build());
  }

  /**
   * The token by which the job's Pods know each other; immutable. Its name ends in a hash of the
   * job's uid: a former job's of the same name is another's.
   */
  public Secret secret() {
    return new SecretBuilder()
        .withMetadata(ownership.metadata(secretName()).build())
        .withType("Opaque")
        .withImmutable(true)
        .addToStringData(TOKEN, settings.tokenKey().token(ownership.uid()))
        .build();
  }

  /** Whether it has its token from {@link #secret}; an older operator's Pods have another's. */
  public boolean usesSecret(Pod pod) {
    return Edition.of(pod).filter(it -> it.secret().equals(secretName())).isPresent();
  }

  /**
   * Whether a Pod waits for {@link #secret}.
   *
   * @param warning its kubelet's words
   */
  public boolean missesSecret(String warning) {
    return warning.contains("\"%s\" not found".formatted(secretName()));
  }

  private String secretName() {
    return ownership.job() + "-" + DigestUtils.sha256Hex(ownership.uid()).substring(0, 10);
  }

  public NetworkPolicy networkPolicy() {
    return Isolation.policy(spec, template, ownership, settings);
  }

  /** What Volcano or the coscheduling plugin want to see; absent with other gangs. */
  public Optional<GenericKubernetesResource> podGroup() {
    return scheduling.podGroup();
  }

  /** What the job's Pods get to save a checkpoint after SIGTERM, before SIGKILL. */
  public Duration terminationGracePeriod() {
    return WorkerPod.terminationGracePeriod(template, settings);
  }

  /**
   * @param index of the node, from 0
   * @param attempt from which the Pod takes part, from 1
   */
  public Pod pod(int index, int attempt) {
    return pod(index, attempt, Optional.empty(), List.of());
  }

  /**
   * @param gangmate a Pod that the new one is to work with, which an older operator may have made;
   *     the new one gets its image, token and queue and reads the same text of the job. Empty for
   *     the first
   * @param avoidedNodes names of nodes on which it is to be only if there is no other
   */
  public Pod pod(int index, int attempt, Optional<Pod> gangmate, List<String> avoidedNodes) {
    Edition edition =
        gangmate
            .flatMap(Edition::of)
            .orElseGet(
                () ->
                    Edition.of(
                        job, settings, resolved.configMapName(ownership.job()), secretName()));
    return new WorkerPod(spec, template, ownership, settings, scheduling, edition, avoidedNodes)
        .build(index, attempt);
  }
}
