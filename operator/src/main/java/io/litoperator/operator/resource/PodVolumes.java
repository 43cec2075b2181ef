package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.VolumeProjectionBuilder;
import io.litoperator.api.job.ClaimPath;
import io.litoperator.api.job.Sources;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The files that a worker Pod finds, and where. */
final class PodVolumes {
  /** The resolved job, its token and the operator's certificate authorities. */
  static final String JOB_FOLDER = "/etc/lit";

  /** The Pod's token for the progress endpoint. */
  static final String IDENTITY_FOLDER = "/var/run/secrets/lit";

  /** What the run writes, unless the job says where. */
  static final String OUTPUT_FOLDER = "/var/lib/lit";

  /** The volume at {@link #JOB_FOLDER}. */
  static final String JOB = "lit-job";

  /** The volume at {@link #OUTPUT_FOLDER}. */
  static final String OUTPUT = "lit-output";

  static final String TEMPORARY = "lit-tmp";
  static final String SHARED_MEMORY = "lit-shm";

  private static final int READABLE_BY_GROUP = 0440;
  private static final int READABLE_BY_ALL = 0444;
  private static final long TOKEN_SECONDS = 3600;

  private final List<Volume> volumes = new ArrayList<>();
  private final List<VolumeMount> mounts = new ArrayList<>();

  private PodVolumes() {}

  /**
   * @param haveGroup whether the Pod says which group its files have; without one they are root's
   *     alone, unless all may read them
   */
  static PodVolumes of(
      LitTrainingJobSpec spec,
      Template template,
      Ownership ownership,
      Edition edition,
      boolean haveGroup) {
    int mode = haveGroup ? READABLE_BY_GROUP : READABLE_BY_ALL;
    var files = new PodVolumes();
    files.mount(job(spec, edition, mode), JOB_FOLDER, true);
    files.mount(identity(ownership.uid(), mode), IDENTITY_FOLDER, true);
    List<Volume> given = template.volumes();
    files.mount(givenOr(given, scratch(TEMPORARY)), "/tmp", false);
    files.mount(givenOr(given, scratch(OUTPUT)), OUTPUT_FOLDER, false);
    files.mount(givenOr(given, sharedMemory()), "/dev/shm", false);
    files.claims(spec);
    given.stream()
        .filter(volume -> !Reserved.REPLACEABLE_VOLUMES.contains(volume.getName()))
        .forEach(files.volumes::add);
    files.mounts.addAll(template.volumeMounts());
    return files;
  }

  List<Volume> volumes() {
    return List.copyOf(volumes);
  }

  List<VolumeMount> mounts() {
    return List.copyOf(mounts);
  }

  /** The job's own volume of this name, if it has one. */
  private static Volume givenOr(List<Volume> given, Volume usual) {
    return given.stream()
        .filter(volume -> usual.getName().equals(volume.getName()))
        .findFirst()
        .orElse(usual);
  }

  /** A claim is writable if the job writes to any place on it. */
  private void claims(LitTrainingJobSpec spec) {
    Map<String, Boolean> written = new TreeMap<>();
    for (Sources.Source source : Sources.of(spec)) {
      ClaimPath.parse(source.location())
          .ifPresent(path -> written.merge(path.claim(), source.written(), Boolean::logicalOr));
    }
    int index = 0;
    for (Map.Entry<String, Boolean> claim : written.entrySet()) {
      boolean readOnly = !claim.getValue();
      Volume volume =
          new VolumeBuilder()
              // Claims may have names that are too long for volumes.
              .withName("lit-claim-" + index++)
              .withNewPersistentVolumeClaim(claim.getKey(), readOnly ? true : null)
              .build();
      mount(volume, ClaimPath.mountPath(claim.getKey()), readOnly);
    }
  }

  /** One volume without sub-paths, so that a rotated certificate authority reaches the Pod. */
  private static Volume job(LitTrainingJobSpec spec, Edition edition, int mode) {
    return new VolumeBuilder()
        .withName(JOB)
        .withNewProjected()
        .withDefaultMode(mode)
        .addToSources(entry(edition.configMap(), JobResources.JOB_FILE, JobResources.JOB_FILE))
        .addAllToSources(
            References.templates(spec).stream()
                .map(ref -> entry(ref.name(), ref.key(), JobResources.TEMPLATES_FILE))
                .toList())
        .addNewSource()
        .withNewSecret()
        .withName(edition.secret())
        .addNewItem(JobResources.TOKEN, null, JobResources.TOKEN)
        .endSecret()
        .endSource()
        .addToSources(entry(TrustBundle.NAME, TrustBundle.ENTRY, "ca.crt"))
        .endProjected()
        .build();
  }

  private static VolumeProjection entry(String configMap, String key, String file) {
    return new VolumeProjectionBuilder()
        .withNewConfigMap()
        .withName(configMap)
        .addNewItem(key, null, file)
        .endConfigMap()
        .build();
  }

  private static Volume identity(String uid, int mode) {
    return new VolumeBuilder()
        .withName("lit-identity")
        .withNewProjected()
        .withDefaultMode(mode)
        .addNewSource()
        .withNewServiceAccountToken(JobResources.audience(uid), TOKEN_SECONDS, "token")
        .endSource()
        .endProjected()
        .build();
  }

  private static Volume scratch(String name) {
    return new VolumeBuilder().withName(name).withNewEmptyDir().endEmptyDir().build();
  }

  /** Container runtimes give 64 MiB, which collectives and data loaders exceed. */
  private static Volume sharedMemory() {
    return new VolumeBuilder()
        .withName(SHARED_MEMORY)
        .withNewEmptyDir()
        .withMedium("Memory")
        .endEmptyDir()
        .build();
  }

  private void mount(Volume volume, String path, boolean readOnly) {
    volumes.add(volume);
    mounts.add(
        new VolumeMountBuilder()
            .withName(volume.getName())
            .withMountPath(path)
            .withReadOnly(readOnly ? true : null)
            .build());
  }
}
