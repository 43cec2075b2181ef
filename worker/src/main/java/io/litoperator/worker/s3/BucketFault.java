package io.litoperator.worker.s3;

import io.litoperator.worker.transfer.Authorities;
import io.litoperator.worker.transfer.Transient;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** A bucket that cannot be used, and will not be usable by itself: a clause that says why. */
public final class BucketFault extends IOException {
  private static final Set<String> EXPIRED =
      Set.of("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired");
  private static final Set<String> UNKNOWN_KEYS =
      Set.of("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken");
  private static final int MISSING = 404;
  private static final int DENIED = 403;
  private static final int TOO_MANY = 429;
  private static final int TIMEOUT = 408;
  private static final int NOT_IMPLEMENTED = 501;

  private BucketFault(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * What a request's failure means.
   *
   * @param what was asked for, {@code s3://bucket/key}
   * @return a {@link Transient} if it may pass
   */
  static IOException of(Throwable failure, String what) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof AwsServiceException answer) {
      return of(answer, what);
    }
    if (cause instanceof SdkException unanswered) {
      return of(unanswered, what);
    }
    return cause instanceof IOException io ? io : new IOException(what + ": " + cause, cause);
  }

  private static IOException of(AwsServiceException answer, String what) {
    String code = answer.awsErrorDetails() == null ? "" : answer.awsErrorDetails().errorCode();
    String told = code == null || code.isEmpty() ? "HTTP " + answer.statusCode() : code;
    if (EXPIRED.contains(told)) {
      return new Transient(
          "the credentials for %s have expired (%s)".formatted(what, told),
          Optional.empty(),
          answer);
    }
    if (UNKNOWN_KEYS.contains(told)) {
      return new BucketFault(
          "the credentials for %s are not known there (%s); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
              .formatted(what, told),
          answer);
    }
    return switch (answer.statusCode()) {
      case DENIED ->
          new BucketFault(
              ("access to %s is denied (%s); allow s3:ListBucket, s3:GetObject, s3:PutObject and"
                      + " s3:DeleteObject there")
                  .formatted(what, told),
              answer);
      case MISSING ->
          new BucketFault(
              told.equals("NoSuchBucket")
                  ? "the bucket of %s does not exist; make it or correct its name".formatted(what)
                  : "there is no %s".formatted(what),
              answer);
      case TOO_MANY, TIMEOUT -> busy(told, what, answer);
      default ->
          answer.statusCode() >= 500 && answer.statusCode() != NOT_IMPLEMENTED
                  || answer.isThrottlingException()
              ? busy(told, what, answer)
              : new BucketFault(
                  "%s was refused (%s: %s)".formatted(what, told, message(answer)), answer);
    };
  }

  private static Transient busy(String told, String what, AwsServiceException answer) {
    return new Transient(
        "the service of %s fails (%s)".formatted(what, told),
        Optional.ofNullable(answer.awsErrorDetails())
            .flatMap(details -> details.sdkHttpResponse().firstMatchingHeader("Retry-After")),
        answer);
  }

  private static String message(AwsServiceException answer) {
    return answer.awsErrorDetails() == null
        ? answer.getMessage()
        : answer.awsErrorDetails().errorMessage();
  }

  /** No answer came: there are no credentials, or the connection failed. */
  private static IOException of(SdkException unanswered, String what) {
    if (String.valueOf(unanswered.getMessage()).startsWith("Unable to load credentials")) {
      return new BucketFault(
          ("there are no credentials for %s; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a"
                  + " profile, or the role of a service account")
              .formatted(what),
          unanswered);
    }
    if (Authorities.areUnknown(unanswered)) {
      return new BucketFault(
          "nobody who is trusted vouches for the certificate of the service of %s; name its authority's PEM file in AWS_CA_BUNDLE"
              .formatted(what),
          unanswered);
    }
    return new Transient(
        "the service of %s cannot be reached (%s)".formatted(what, root(unanswered)),
        Optional.empty(),
        unanswered);
  }

  /** The first sentence of what was at the bottom of it; the rest is advice for programmers. */
  private static String root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root.getMessage() == null
        ? root.getClass().getSimpleName()
        : root.getMessage().split("\\.\\s", 2)[0];
  }
}
