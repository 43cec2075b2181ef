package io.litoperator.operator.progress;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Tells whose token it is. The API server's answers, good and bad, are kept for a short time by the
 * token's hash and the job, and what is asked of it is limited, by sender's address and in all: a
 * flood of bad tokens costs hashes, not TokenReviews. For one event loop.
 */
final class Authenticator {
  private static final String SCHEME = "Bearer ";
  private static final long MAX_TOKENS = 10_000;

  /** Also the longest that a token outlives its Pod here; {@link Fence} looks at the Pod itself. */
  private static final Duration KEEP_GOOD = Duration.ofMinutes(2);

  private static final Duration KEEP_BAD = Duration.ofSeconds(30);

  private final TokenReviewer reviewer;
  private final Offload offload;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final ProgressMeters meters;
  private final Cache<Case, Verdict> verdicts;
  private final Cache<String, TokenBucket> byAddress;
  private final ProgressSettings.TokenReviews limits;
  private final TokenBucket inAll;

  Authenticator(
      TokenReviewer reviewer,
      Offload offload,
      ProgressSettings.TokenReviews limits,
      InstantSource clock,
      LongSupplier nanoTime,
      ProgressMeters meters) {
    this.reviewer = reviewer;
    this.offload = offload;
    this.limits = limits;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.meters = meters;
    this.inAll = bucket(limits.burst(), limits.perSecond());
    this.verdicts =
        Caffeine.newBuilder()
            .maximumSize(MAX_TOKENS)
            .ticker(nanoTime::getAsLong)
            .executor(Runnable::run)
            .expireAfter(Expiry.<Case, Verdict>creating((token, verdict) -> verdict.keep()))
            .build();
    this.byAddress =
        Caffeine.newBuilder()
            .maximumSize(MAX_TOKENS)
            .ticker(nanoTime::getAsLong)
            .executor(Runnable::run)
            .expireAfterAccess(Duration.ofMinutes(1))
            .build();
  }

  /**
   * @param authorization the header's value; null without one
   * @param podUid of the job's coordinator as last seen: an answer about another Pod is asked for
   *     anew
   * @param address of the sender
   * @return the sender, or a {@link RequestRefusedException}: 401, 403, 429, or 503 if the API
   *     server does not answer
   */
  Future<Sender> authenticate(
      String authorization, LitTrainingJob job, Optional<String> podUid, String address) {
    try {
      String token = bearer(authorization);
      Case asked = new Case(hash(token), job.getMetadata().getUid());
      Verdict known = verdicts.getIfPresent(asked);
      if (known != null && known.holdsFor(podUid)) {
        return Future.succeededFuture(known.senderOrRefusal());
      }
      TokenClaims claims =
          TokenClaims.read(token)
              .orElseThrow(
                  () -> RequestRefusedException.unauthenticated("The token is not of a Pod."));
      claims.check(job, clock.instant());
      takeReview(address);
      return review(token, job, asked, claims.expires());
    } catch (RequestRefusedException refusal) {
      return Future.failedFuture(refusal);
    }
  }

  private Future<Sender> review(String token, LitTrainingJob job, Case asked, Instant expires) {
    Supplier<Optional<Sender>> question = () -> reviewer.review(token, TokenClaims.audience(job));
    return offload
        .call(question)
        .recover(
            failure -> {
              meters.reviewed("error");
              return Future.failedFuture(
                  RequestRefusedException.unavailable(
                      "The API server does not answer a TokenReview.", Duration.ofSeconds(2)));
            })
        .map(
            sender -> {
              meters.reviewed(sender.isPresent() ? "accepted" : "rejected");
              Verdict verdict = new Verdict(sender, keep(sender, expires));
              verdicts.put(asked, verdict);
              return verdict.senderOrRefusal();
            });
  }

  private Duration keep(Optional<Sender> sender, Instant expires) {
    Duration life = Duration.between(clock.instant(), expires);
    Duration longest = sender.isPresent() ? KEEP_GOOD : KEEP_BAD;
    return life.compareTo(longest) < 0 ? life : longest;
  }

  private void takeReview(String address) {
    long now = nanoTime.getAsLong();
    TokenBucket own =
        byAddress.get(address, a -> bucket(limits.burstPerAddress(), limits.perSecondPerAddress()));
    if (!own.tryTake(now)) {
      meters.reviewed("limited");
      throw RequestRefusedException.tooOften(
          "Too many new tokens from this address.", own.untilNext(now));
    }
    if (!inAll.tryTake(now)) {
      meters.reviewed("limited");
      throw RequestRefusedException.tooOften("Too many new tokens.", inAll.untilNext(now));
    }
  }

  private TokenBucket bucket(int burst, double perSecond) {
    return new TokenBucket(burst, perSecond, nanoTime.getAsLong());
  }

  private static String bearer(String authorization) {
    if (authorization == null || !authorization.startsWith(SCHEME)) {
      throw RequestRefusedException.unauthenticated("A bearer token is needed.");
    }
    return authorization.substring(SCHEME.length());
  }

  /** Nobody who reads this process' memory shall find tokens. */
  private static String hash(String token) {
    return DigestUtils.sha256Hex(token);
  }

  /** A token whose own word lets it report on a job. */
  private record Case(String tokenHash, String jobUid) {}

  /**
   * @param sender empty for a bad token
   * @param keep positive
   */
  private record Verdict(Optional<Sender> sender, Duration keep) {
    boolean holdsFor(Optional<String> podUid) {
      return sender.isEmpty() || podUid.isEmpty() || sender.get().podUid().equals(podUid.get());
    }

    Sender senderOrRefusal() {
      return sender.orElseThrow(
          () ->
              RequestRefusedException.unauthenticated(
                  "The API server does not accept this token."));
    }
  }
}
