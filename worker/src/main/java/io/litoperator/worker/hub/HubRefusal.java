package io.litoperator.worker.hub;

import io.litoperator.api.job.HubPath;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.transfer.Transient;
import java.io.IOException;
import java.net.http.HttpResponse;

/** What the hub means by an answer that is no content. */
final class HubRefusal {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int MISSING = 404;
  private static final int TIMEOUT = 408;
  private static final int TOO_MANY = 429;

  private HubRefusal() {}

  /**
   * @return a {@link HubFault}, or a {@link Transient} if it may pass
   */
  static IOException of(HubPath source, HttpResponse<?> answer, HubSettings settings) {
    int status = answer.statusCode();
    if (status == TOO_MANY || status == TIMEOUT || status >= 500) {
      return new Transient(
          "%s fails for %s (HTTP %d)".formatted(answer.uri().getHost(), source, status),
          answer.headers().firstValue("Retry-After"),
          null);
    }
    String code = answer.headers().firstValue("X-Error-Code").orElse("");
    return new HubFault(ExitCode.INPUT_MISSING, clause(source, status, code, settings));
  }

  private static String clause(HubPath source, int status, String code, HubSettings settings) {
    String page =
        settings.endpoint() + (source.dataset() ? "/datasets/" : "/") + source.repository();
    String login =
        settings.token().isPresent()
            ? "use a token (HF_TOKEN) of somebody who may read it"
            : "set HF_TOKEN to a token of somebody who may read it";
    return switch (code) {
      case "GatedRepo" ->
          "%s is gated; accept its terms at %s, and %s".formatted(source, page, login);
      case "RevisionNotFound" ->
          "%s has no revision %s; see %s for what it has"
              .formatted(source.repository(), source.revision(), page);
      case "EntryNotFound" -> noSuchPath(source, page);
      default ->
          switch (status) {
            case UNAUTHORIZED, FORBIDDEN ->
                "%s is private, or not there; correct the name, or %s".formatted(source, login);
            case MISSING -> "%s is not there; correct the name%s".formatted(source, kind(source));
            default -> "%s was refused (HTTP %d)".formatted(source, status);
          };
    };
  }

  private static String noSuchPath(HubPath source, String page) {
    return "%s has no %s; see %s for what it has"
        .formatted(source.repository(), source.path(), page);
  }

  private static String kind(HubPath source) {
    return source.dataset() ? "" : ", or write hf://datasets/… if it is a data set";
  }
}
