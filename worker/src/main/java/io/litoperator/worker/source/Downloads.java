package io.litoperator.worker.source;

import io.litoperator.api.job.BucketPath;
import io.litoperator.api.job.HubPath;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.hub.Hub;
import io.litoperator.worker.hub.HubFault;
import io.litoperator.worker.hub.HubSettings;
import io.litoperator.worker.plan.SourceCopy;
import io.litoperator.worker.s3.S3Connection;
import io.litoperator.worker.transfer.Backoff;
import io.litoperator.worker.transfer.Progress;
import io.litoperator.worker.transfer.Retries;
import io.litoperator.worker.transfer.Transient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Brings sources on the hub and in buckets to this machine's caches; what is there already stays.
 */
public final class Downloads {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Hub hub;
  private final BucketCopies buckets;
  private final Progress progress;

  Downloads(Hub hub, BucketCopies buckets, Progress progress) {
    this.hub = hub;
    this.buckets = buckets;
    this.progress = progress;
  }

  /**
   * @param environment of which huggingface_hub's and Amazon's variables are read
   * @param cache folder of what is brought; {@code HF_HOME} and the like say otherwise for the hub
   */
  public static Downloads into(Path cache, Map<String, String> environment, Progress progress) {
    return new Downloads(
        new Hub(
            HubSettings.of(environment, cache.resolve("huggingface")),
            new Retries(new Backoff(), PATIENCE)),
        new BucketCopies(cache.resolve("s3"), bucket -> S3Connection.shared().bucket(bucket)),
        progress);
  }

  /** Where this user's programs keep what they have downloaded. */
  public static Path usersCache(Map<String, String> environment) {
    String folder = environment.get("XDG_CACHE_HOME");
    return folder == null || folder.isBlank()
        ? Path.of(System.getProperty("user.home"), ".cache")
        : Path.of(folder);
  }

  /** Whether a source is one that is not on this machine. */
  public static boolean isElsewhere(String source) {
    return source.startsWith(HubPath.SCHEME) || source.startsWith(BucketPath.SCHEME);
  }

  /** What a source is to be used for. */
  public enum Use {
    DATA(Selection.EVERYTHING),
    MODEL(Selection.MODEL),
    /** Of which nothing but the weights' existence matters now. */
    MODEL_WITHOUT_WEIGHTS(Selection.MODEL_WITHOUT_WEIGHTS);

    private final Selection selection;

    Use(Selection selection) {
      this.selection = selection;
    }
  }

  /**
   * @param field that names the source, for messages
   * @param commit that the source was at before, if it is to stay so
   * @throws Failure {@code INPUT_MISSING} if it is not there or may not be read, {@code BAD_DATA}
   *     if it is not what it is to be used for, {@code STORAGE} if it cannot be reached or kept
   */
  public SourceCopy copy(String field, String source, Use use, Optional<String> commit) {
    try {
      Optional<HubPath> onHub = HubPath.parse(source);
      return onHub.isPresent()
          ? ofHub(source, onHub.get(), use, commit)
          : buckets.copy(
              source,
              BucketPath.parse(source).orElseThrow(() -> malformed()),
              paths -> use.selection.of(paths, true),
              progress);
    } catch (Failure lacking) {
      throw new Failure(
          lacking.exitCode(), "%s: %s %s.".formatted(field, source, lacking.getMessage()), lacking);
    } catch (HubFault e) {
      throw new Failure(e.exitCode(), "%s: %s.".formatted(field, e.getMessage()), e);
    } catch (BucketCopies.Missing e) {
      throw new Failure(ExitCode.INPUT_MISSING, "%s: %s.".formatted(field, e.getMessage()), e);
    } catch (Transient e) {
      throw new Failure(
          ExitCode.STORAGE,
          "%s: %s; check the network, and try again%s."
              .formatted(field, e.getMessage(), hint(source)),
          e);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "%s: %s cannot be got: %s.".formatted(field, source, e.getMessage()),
          e);
    }
  }

  private static String hint(String source) {
    return source.startsWith(HubPath.SCHEME)
        ? ", or set HF_HUB_OFFLINE=1 to use what is in the cache"
        : "";
  }

  private SourceCopy ofHub(String named, HubPath source, Use use, Optional<String> commit)
      throws IOException {
    Hub.Fetched fetched =
        hub.fetch(source, commit, paths -> use.selection.of(paths, false), progress);
    return new SourceCopy(named, fetched.path(), source.at(fetched.commit()).toString());
  }

  private static Failure malformed() {
    return new Failure(
        ExitCode.INVALID,
        "is no source; write hf://owner/name, hf://datasets/owner/name/path or s3://bucket/key");
  }
}
