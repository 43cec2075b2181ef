package io.litoperator.operator.progress;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands in for the API server's TokenReview: knows the tokens it has issued, and counts. */
final class Tokens implements TokenReviewer {
  final AtomicInteger reviews = new AtomicInteger();

  /** Believes every token's own claims, for load. */
  volatile boolean acceptsAll;

  private final Map<String, Sender> good = new ConcurrentHashMap<>();

  String issue(Sender sender, String jobUid) {
    String token = forge(sender, jobUid, Instant.now().plusSeconds(3600));
    good.put(token, sender);
    return token;
  }

  void revoke(String token) {
    good.remove(token);
  }

  /** Looks like a token, but nobody has issued it. */
  static String forge(Sender sender, String jobUid, Instant expires) {
    String claims =
        """
        {"aud":["lit-operator.io/%s"],"exp":%d,"jti":"%d","kubernetes.io":
         {"namespace":"%s","pod":{"name":"%s","uid":"%s"}}}"""
            .formatted(
                jobUid,
                expires.getEpochSecond(),
                System.nanoTime(),
                sender.namespace(),
                sender.podName(),
                sender.podUid());
    return base64("{\"alg\":\"RS256\"}") + "." + base64(claims) + "." + base64("signature");
  }

  @Override
  public Optional<Sender> review(String token, String audience) {
    reviews.incrementAndGet();
    return acceptsAll ? claimed(token) : Optional.ofNullable(good.get(token));
  }

  /** A load's Pod uids follow from its jobs' names. */
  private static Optional<Sender> claimed(String token) {
    return TokenClaims.read(token)
        .map(
            claims -> {
              int number = Integer.parseInt(claims.podName().replaceAll("job-(\\d+)-0", "$1"));
              return new Sender(claims.namespace(), claims.podName(), ReportLoad.podUid(number));
            });
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
