package io.litoperator.operator.progress;

import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** By the API server, which also checks that the Pod still exists. */
final class ApiTokenReviewer implements TokenReviewer {
  private static final String ACCOUNT_PREFIX = "system:serviceaccount:";
  private static final String POD_NAME = "authentication.kubernetes.io/pod-name";
  private static final String POD_UID = "authentication.kubernetes.io/pod-uid";

  private final KubernetesClient client;

  ApiTokenReviewer(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Optional<Sender> review(String token, String audience) {
    TokenReview question =
        new TokenReviewBuilder()
            .withNewSpec()
            .withToken(token)
            .withAudiences(audience)
            .endSpec()
            .build();
    return sender(client.resource(question).create().getStatus(), audience);
  }

  private static Optional<Sender> sender(TokenReviewStatus status, String audience) {
    if (status == null
        || !Boolean.TRUE.equals(status.getAuthenticated())
        || !status.getAudiences().contains(audience)) {
      return Optional.empty();
    }
    UserInfo user = status.getUser();
    Map<String, List<String>> extra = user.getExtra();
    return namespace(user.getUsername())
        .filter(namespace -> has(extra, POD_NAME) && has(extra, POD_UID))
        .map(
            namespace ->
                new Sender(namespace, extra.get(POD_NAME).get(0), extra.get(POD_UID).get(0)));
  }

  private static boolean has(Map<String, List<String>> extra, String key) {
    return extra != null && extra.containsKey(key) && !extra.get(key).isEmpty();
  }

  /** Of {@code system:serviceaccount:namespace:name}. */
  private static Optional<String> namespace(String username) {
    return username.startsWith(ACCOUNT_PREFIX)
        ? Optional.of(username.substring(ACCOUNT_PREFIX.length()).split(":", 2)[0])
        : Optional.empty();
  }
}
