package io.litoperator.api.job;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A repository of the Hugging Face hub, or what is at a path in it: {@code
 * hf://owner/name@revision/path}, {@code hf://datasets/owner/name/path}.
 *
 * @param dataset whether it is a data set's repository rather than a model's
 * @param revision branch, tag or commit
 * @param path without slashes at its ends; empty for the whole repository
 */
public record HubPath(boolean dataset, String owner, String name, String revision, String path) {
  public static final String SCHEME = "hf://";
  public static final String DEFAULT_REVISION = "main";

  private static final String WORD = "[A-Za-z0-9][A-Za-z0-9._-]*";

  /** A revision has a slash only in the hub's own references; others write it as %2F. */
  private static final Pattern FORM =
      Pattern.compile(
          "hf://(?<type>datasets/|models/)?(?<owner>WORD)/(?<name>WORD)".replace("WORD", WORD)
              + "(?:@(?<revision>refs/(?:pr|convert)/[^/@]+|[^/@]+))?(?:/+(?<path>[^@]*?))?/*",
          Pattern.DOTALL);

  /** Empty for a source of another form; a repository's name has two parts. */
  public static Optional<HubPath> parse(String source) {
    Matcher form = FORM.matcher(source);
    if (!form.matches() || form.group("type") == null && isType(form.group("owner"))) {
      return Optional.empty();
    }
    String revision = form.group("revision");
    String path = form.group("path");
    return Optional.of(
        new HubPath(
            "datasets/".equals(form.group("type")),
            form.group("owner"),
            form.group("name"),
            revision == null ? DEFAULT_REVISION : revision.replaceAll("(?i)%2F", "/"),
            path == null ? "" : path));
  }

  private static boolean isType(String owner) {
    return owner.equals("datasets") || owner.equals("models") || owner.equals("spaces");
  }

  /** {@code owner/name}. */
  public String repository() {
    return owner + "/" + name;
  }

  public HubPath at(String otherRevision) {
    return new HubPath(dataset, owner, name, otherRevision, path);
  }

  /** As jobs write it; the default revision is left out. */
  @Override
  public String toString() {
    return SCHEME
        + (dataset ? "datasets/" : "")
        + repository()
        + (revision.equals(DEFAULT_REVISION) ? "" : "@" + revision.replace("/", "%2F"))
        + (path.isEmpty() ? "" : "/" + path);
  }
}
