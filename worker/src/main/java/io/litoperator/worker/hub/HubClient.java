package io.litoperator.worker.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.litoperator.api.job.HubPath;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.transfer.Authorities;
import io.litoperator.worker.transfer.Transient;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The hub's API over HTTP. Tries once; {@link Transient} failures may be over the next time. */
final class HubClient {
  private static final JsonMapper JSON = new JsonMapper();

  /** With connecting, with the head of an answer, and with all of one that is JSON. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int MOST_REDIRECTS = 5;
  private static final Pattern NEXT = Pattern.compile("<([^>]+)>;\\s*rel=\"next\"");

  private final HttpClient http;
  private final HubSettings settings;
  private final Duration patience;

  HubClient(HubSettings settings) {
    this(settings, PATIENCE);
  }

  HubClient(HubSettings settings, Duration patience) {
    this.settings = settings;
    this.patience = patience;
    this.http =
        settings
            .proxies()
            .client()
            // By hand, as the token is for the hub alone.
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience)
            .build();
  }

  /** The commit that a revision is now. */
  String commit(HubPath source) throws IOException {
    String commit =
        json(source, api(source) + "/revision/" + encoded(source.revision())).path("sha").asText();
    if (!commit.matches("[0-9a-f]{40}")) {
      throw new IOException("%s names no commit of %s".formatted(settings.endpoint(), source));
    }
    return commit;
  }

  /**
   * What a folder of a repository holds.
   *
   * @param folder empty for the whole
   * @param deep whether folders in it are listed too
   */
  Listing list(HubPath source, String commit, String folder, boolean deep) throws IOException {
    Listing listing = new Listing(new ArrayList<>(), new ArrayList<>());
    String at = folder.isEmpty() ? "" : "/" + encodedPath(folder);
    Optional<URI> page =
        Optional.of(uri(api(source) + "/tree/" + commit + at + "?recursive=" + deep));
    while (page.isPresent()) {
      HttpResponse<InputStream> answer = get(source, page.get(), 0);
      for (JsonNode entry : tree(source, answer)) {
        if (entry.path("type").asText().equals("file")) {
          listing.files().add(HubFile.of(entry));
        } else {
          listing.folders().add(entry.path("path").asText());
        }
      }
      page = next(answer);
    }
    return listing;
  }

  /**
   * @param folders their paths
   */
  record Listing(List<HubFile> files, List<String> folders) {}

  private Optional<URI> next(HttpResponse<?> answer) {
    return answer.headers().allValues("Link").stream()
        .map(NEXT::matcher)
        .filter(Matcher::find)
        .map(found -> answer.uri().resolve(found.group(1)))
        .findFirst();
  }

  /**
   * The content of a file from some byte on.
   *
   * @return with status 200 the whole content, whatever was asked for, with 206 the rest
   */
  HttpResponse<InputStream> content(HubPath source, String commit, HubFile file, long from)
      throws IOException {
    String repository = (source.dataset() ? "/datasets/" : "/") + source.repository();
    return get(
        source, uri(repository + "/resolve/" + commit + "/" + encodedPath(file.path())), from);
  }

  private JsonNode json(HubPath source, String path) throws IOException {
    return tree(source, get(source, uri(path), 0));
  }

  private JsonNode tree(HubPath source, HttpResponse<InputStream> answer) throws IOException {
    InputStream body = answer.body();
    CompletableFuture<Void> watch =
        CompletableFuture.runAsync(
            () -> closeQuietly(body),
            CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS));
    try (body) {
      return JSON.readTree(body);
    } catch (IOException e) {
      throw new Transient(
          "%s did not answer completely about %s (%s)"
              .formatted(settings.endpoint(), source, e.getMessage()),
          Optional.empty(),
          e);
    } finally {
      watch.cancel(false);
    }
  }

  /** The reader then fails: a request's timeout ends with the head of its answer. */
  private static void closeQuietly(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      // The reader tells that it was cut.
    }
  }

  private HttpResponse<InputStream> get(HubPath source, URI uri, long from) throws IOException {
    URI at = uri;
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      HttpResponse<InputStream> answer = send(source, at, from);
      int status = answer.statusCode();
      if (status == 200 || status == 206) {
        return answer;
      }
      answer.body().close();
      Optional<String> elsewhere = answer.headers().firstValue("Location");
      if (status / 100 != 3 || elsewhere.isEmpty()) {
        throw HubRefusal.of(source, answer, settings);
      }
      at = at.resolve(elsewhere.get());
    }
    throw new IOException("%s redirects without end".formatted(uri));
  }

  private HttpResponse<InputStream> send(HubPath source, URI uri, long from) throws IOException {
    HttpRequest.Builder request =
        settings.proxies().request(uri).timeout(patience).header("User-Agent", "lit-operator");
    if (isHub(uri)) {
      settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    }
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException e) {
      if (Authorities.areUnknown(e)) {
        throw new HubFault(
            ExitCode.INVALID,
            "nobody who is trusted vouches for the certificate of %s; name its authority's PEM file in SSL_CERT_FILE"
                .formatted(uri.getHost()));
      }
      throw new Transient(
          "%s cannot be reached for %s (%s)".formatted(uri.getHost(), source, reason(e)),
          Optional.empty(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.TERMINATED, "Interrupted while " + source + " was got.", e);
    }
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private boolean isHub(URI uri) {
    return uri.getScheme().equals(settings.endpoint().getScheme())
        && uri.getAuthority().equals(settings.endpoint().getAuthority());
  }

  private static String api(HubPath source) {
    return "/api/" + (source.dataset() ? "datasets/" : "models/") + source.repository();
  }

  private URI uri(String path) {
    return URI.create(settings.endpoint() + path);
  }

  private static String encodedPath(String path) {
    StringBuilder encoded = new StringBuilder();
    for (String part : path.split("/")) {
      encoded.append(encoded.length() == 0 ? "" : "/").append(encoded(part));
    }
    return encoded.toString();
  }

  private static String encoded(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
