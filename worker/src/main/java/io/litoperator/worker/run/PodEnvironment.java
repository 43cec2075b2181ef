package io.litoperator.worker.run;

import io.litoperator.api.job.ClaimPath;
import io.litoperator.worker.checkpoint.AttemptFile.Owner;
import io.litoperator.worker.distributed.Secret;
import io.litoperator.worker.distributed.agent.NodeIdentity;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.Places;
import io.litoperator.worker.report.operator.Reporter;
import io.litoperator.worker.source.Downloads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What the operator tells a worker Pod: environment variables in torchrun's words, and files.
 *
 * <p>For tests outside of a Pod, {@code LIT_CONFIG} (for {@code /etc/lit}), {@code LIT_CLAIMS} (for
 * {@code /mnt/claims}), {@code LIT_SERVICE_TOKEN} (for {@code /var/run/secrets/lit/token}) and
 * {@code LIT_TERMINATION_LOG} (for {@code /dev/termination-log}) name other places. Without {@code
 * LIT_REPORT_URL} nothing is reported.
 */
record PodEnvironment(Map<String, String> variables) {
  private static final String CONFIG = "/etc/lit";
  private static final String SERVICE_TOKEN = "/var/run/secrets/lit/token";
  private static final String TERMINATION_LOG = "/dev/termination-log";

  private static final String RANK_OUTPUT = "LIT_RANK_OUTPUT";

  NodeIdentity node() {
    return new NodeIdentity(
        number("NODE_RANK"), text("POD_UID"), number("LIT_ATTEMPT"), nodeName());
  }

  /** The job's resource; an older operator does not name it. */
  Optional<Owner> owner() {
    return Optional.ofNullable(variables.get("LIT_JOB_UID"))
        .map(uid -> new Owner(text("LIT_NAMESPACE"), uid));
  }

  int nodes() {
    return number("NNODES");
  }

  int ranksPerNode() {
    return number("LOCAL_WORLD_SIZE");
  }

  String masterAddress() {
    return text("MASTER_ADDR");
  }

  int masterPort() {
    return number("MASTER_PORT");
  }

  InetAddress address() {
    try {
      return InetAddress.getByName(text("POD_IP"));
    } catch (UnknownHostException e) {
      throw invalid("POD_IP", "is '" + text("POD_IP") + "', which is not an address");
    }
  }

  /** Folder for logs and whatever else concerns this Pod only. */
  Path output() {
    return Path.of(text("LIT_OUTPUT")).toAbsolutePath();
  }

  /** Whether the Pod's log has what ranks print, as it has unless the job says otherwise. */
  boolean showsRanks() {
    String where = variables.getOrDefault(RANK_OUTPUT, "log");
    return switch (where) {
      case "log" -> true;
      case "files" -> false;
      default ->
          throw new Failure(
              ExitCode.INVALID,
              "Environment variable %s is '%s'; it can be log or files."
                  .formatted(RANK_OUTPUT, where));
    };
  }

  /** Folder of what is downloaded, unless the job names one. */
  Path cache() {
    return variables.containsKey("XDG_CACHE_HOME")
        ? Downloads.usersCache(variables)
        : output().resolve("cache");
  }

  Path job() {
    return config().resolve("job.yaml");
  }

  /** Of a job that has its task templates in a ConfigMap. */
  Path templates() {
    return config().resolve(Places.TEMPLATES_FILE);
  }

  Path claims() {
    return path("LIT_CLAIMS", ClaimPath.mountPath(""));
  }

  String nodeName() {
    return text("NODE_NAME");
  }

  /** Writes the termination message. */
  void leave(String message) {
    Path file = path("LIT_TERMINATION_LOG", TERMINATION_LOG);
    try {
      Files.writeString(file, message);
    } catch (IOException e) {
      // The exit code and the log still tell how it ended.
      System.err.printf("The termination message cannot be written to %s: %s%n", file, e);
    }
  }

  Optional<Reporter.Endpoint> endpoint() {
    return Optional.ofNullable(variables.get("LIT_REPORT_URL"))
        .map(
            url ->
                new Reporter.Endpoint(
                    URI.create(url),
                    path("LIT_SERVICE_TOKEN", SERVICE_TOKEN),
                    config().resolve("ca.crt")));
  }

  /** The job's secret, which all its agents and ranks know. */
  Secret secret() {
    Path file = config().resolve("token");
    try {
      return Secret.ofHex(Files.readString(file).strip());
    } catch (IOException e) {
      throw new Failure(
          ExitCode.ofReading(file, e),
          "The job's secret cannot be read from %s (%s); it is in the job's Secret."
              .formatted(file, e.getMessage()),
          e);
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.INVALID, file + " is not hexadecimal; delete the job's Secret.", e);
    }
  }

  private Path config() {
    return path("LIT_CONFIG", CONFIG);
  }

  private Path path(String name, String otherwise) {
    return Path.of(variables.getOrDefault(name, otherwise));
  }

  private String text(String name) {
    String value = variables.get(name);
    if (value == null || value.isBlank()) {
      throw invalid(name, "is not set");
    }
    return value;
  }

  private int number(String name) {
    try {
      return Integer.parseUnsignedInt(text(name));
    } catch (NumberFormatException e) {
      throw invalid(name, "is '" + text(name) + "', which is not a number");
    }
  }

  private static Failure invalid(String name, String what) {
    return new Failure(
        ExitCode.INVALID,
        "Environment variable %s %s; 'lit launch' runs in Pods that the operator makes."
            .formatted(name, what));
  }
}
