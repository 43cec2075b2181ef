package io.litoperator.api.job;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A folder or file on a PersistentVolumeClaim of the job's namespace: {@code pvc://claim/path}.
 *
 * @param path below the volume's root, without a leading slash; empty for the root itself
 */
public record ClaimPath(String claim, String path) {
  private static final Pattern FORM = Pattern.compile("pvc://([^/]+)/*(.*)", Pattern.DOTALL);

  /** Empty for a source of another form. */
  public static Optional<ClaimPath> parse(String source) {
    Matcher matcher = FORM.matcher(source);
    return matcher.matches()
        ? Optional.of(new ClaimPath(matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  /** Where a worker Pod has a claim. */
  public static String mountPath(String claim) {
    return "/mnt/claims/" + claim;
  }
}
