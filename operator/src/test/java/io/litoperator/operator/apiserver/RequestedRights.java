package io.litoperator.operator.apiserver;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which rights a client's requests ask for: {@code group/resource verb}, as the API server does.
 */
public final class RequestedRights implements Interceptor {
  private static final Pattern PATH =
      Pattern.compile(
          "/(?:api/v1|apis/(?<group>[^/]+)/[^/]+)(?:/namespaces/[^/]+)?/(?<resource>[^/]+)"
              + "(?:/(?<name>[^/]+))?(?:/(?<sub>[^/]+))?");

  private final Set<String> rights = new ConcurrentSkipListSet<>();

  public Set<String> rights() {
    return rights;
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    Matcher path = PATH.matcher(request.uri().getPath());
    if (path.matches()) {
      String group = path.group("group");
      String sub = path.group("sub");
      rights.add(
          "%s/%s%s %s"
              .formatted(
                  group == null ? "" : group,
                  path.group("resource"),
                  sub == null ? "" : "/" + sub,
                  verb(request.method(), request.uri(), path.group("name") != null)));
    }
  }

  private static String verb(String method, URI uri, boolean named) {
    boolean watch = uri.getQuery() != null && uri.getQuery().contains("watch=true");
    return switch (method) {
      case "GET" -> watch ? "watch" : named ? "get" : "list";
      case "POST" -> "create";
      case "PUT" -> "update";
      default -> method.toLowerCase(Locale.ROOT);
    };
  }
}
