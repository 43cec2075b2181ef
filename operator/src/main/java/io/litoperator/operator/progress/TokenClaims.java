package io.litoperator.operator.progress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.resource.JobResources;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * What a projected token says of itself, its signature not verified: enough to turn a wrong one
 * away without asking the API server, never enough to let one in.
 */
record TokenClaims(List<String> audiences, Instant expires, String namespace, String podName) {
  private static final ObjectMapper JSON = new ObjectMapper();

  TokenClaims {
    audiences = List.copyOf(audiences);
  }

  /** The audience of tokens for reports of this job. */
  static String audience(LitTrainingJob job) {
    return JobResources.audience(job.getMetadata().getUid());
  }

  /** Empty for what is not a Pod's JSON web token. */
  static Optional<TokenClaims> read(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
      JsonNode kubernetes = claims.path("kubernetes.io");
      return claims.path("exp").canConvertToLong()
              && kubernetes.path("pod").path("name").isTextual()
          ? Optional.of(
              new TokenClaims(
                  texts(claims.path("aud")),
                  Instant.ofEpochSecond(claims.path("exp").longValue()),
                  kubernetes.path("namespace").asText(),
                  kubernetes.path("pod").path("name").textValue()))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      return Optional.empty(); // Not base64, not JSON, or no time: anyone may send anything.
    }
  }

  /**
   * @throws RequestRefusedException 401 or 403, if not even its own word would let it in
   */
  void check(LitTrainingJob job, Instant now) {
    if (!now.isBefore(expires)) {
      throw RequestRefusedException.unauthenticated("The token has expired.");
    }
    if (!audiences.contains(audience(job))) {
      throw RequestRefusedException.forbidden("The token's audience is not this job.");
    }
    if (!JobName.of(job).isCoordinatedBy(namespace, podName)) {
      throw RequestRefusedException.forbidden("This token is not of the job's coordinator.");
    }
  }

  private static List<String> texts(JsonNode node) {
    return node.isTextual()
        ? List.of(node.textValue())
        : StreamSupport.stream(node.spliterator(), false).map(JsonNode::asText).toList();
  }
}
