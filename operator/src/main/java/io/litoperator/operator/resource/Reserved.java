package io.litoperator.operator.resource;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the operator itself sets in worker Pods, and a job's template may not. */
public final class Reserved {
  /** Environment variables. */
  public static final Set<String> ENVIRONMENT =
      Set.of(
          "MASTER_ADDR",
          "MASTER_PORT",
          "NODE_RANK",
          "NNODES",
          "LOCAL_WORLD_SIZE",
          "LIT_ATTEMPT",
          "LIT_NAMESPACE",
          "LIT_JOB_UID",
          "LIT_REPORT_URL",
          "LIT_OUTPUT",
          "POD_UID",
          "POD_IP",
          "NODE_NAME");

  /** The variable with the judge's API key, unless the template sets it. */
  public static final String JUDGE_KEY = "LIT_JUDGE_API_KEY";

  /** Names of volumes start so. */
  public static final String VOLUME_PREFIX = "lit-";

  /** Of them, those that a job may give in place of the operator's, each for the same folder. */
  public static final Set<String> REPLACEABLE_VOLUMES =
      Set.of(PodVolumes.OUTPUT, PodVolumes.TEMPORARY, PodVolumes.SHARED_MEMORY);

  /** Folders of a Pod that belong to the operator; the first two are a run's to write to. */
  public static final List<String> FOLDERS =
      List.of(
          PodVolumes.OUTPUT_FOLDER,
          "/tmp",
          PodVolumes.JOB_FOLDER,
          PodVolumes.IDENTITY_FOLDER,
          "/dev/shm",
          "/mnt/claims");

  /** Folders that a run can write to without a volume of its own. */
  public static final List<String> WRITABLE_FOLDERS = FOLDERS.subList(0, 2);

  /** Keys of labels and annotations, beside all of the domain {@value #DOMAIN}. */
  static final Set<String> KEYS =
      Stream.concat(
              Ownership.KEYS.stream(),
              Stream.of(
                  Kueue.QUEUE_NAME,
                  Kueue.GROUP_NAME,
                  Kueue.TOTAL_COUNT,
                  Kueue.FAST_ADMISSION,
                  Kueue.RETRIABLE,
                  Kueue.ROLE,
                  Scheduling.VOLCANO_GROUP,
                  Scheduling.COSCHEDULING_GROUP))
          .collect(Collectors.toUnmodifiableSet());

  private static final String DOMAIN = "lit-operator.io/";

  private Reserved() {}

  /** Whether a label or annotation is the operator's to set. */
  public static boolean isKey(String key) {
    return key.startsWith(DOMAIN) || KEYS.contains(key);
  }
}
