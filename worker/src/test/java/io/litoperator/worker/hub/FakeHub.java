package io.litoperator.worker.hub;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/**
 * One repository of a hub that speaks its API: revisions, trees in pages, files with redirects to
 * another server for those that are large, ranges, tokens; and faults, by a script.
 */
public final class FakeHub implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int PAGE = 3;

  private final HttpServer hub;
  private final HttpServer storage;
  private final String repository;
  private final FakeRepository content = new FakeRepository();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Deque<Fault> faults = new ArrayDeque<>();
  private volatile String commit = "1".repeat(40);
  private volatile Optional<String> requiredToken = Optional.empty();
  private volatile Optional<String> gate = Optional.empty();

  /**
   * What befalls the next download.
   *
   * @param status that is answered, or 200 where the connection is cut
   * @param bytes after which it is cut
   */
  public record Fault(int status, String retryAfter, int bytes) {
    static Fault cutAfter(int bytes) {
      return new Fault(200, null, bytes);
    }

    static Fault status(int status, String retryAfter) {
      return new Fault(status, retryAfter, 0);
    }
  }

  private FakeHub(String repository) throws IOException {
    this.repository = repository;
    hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    storage = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hub.setExecutor(Executors.newCachedThreadPool());
    storage.setExecutor(Executors.newCachedThreadPool());
    hub.createContext("/", exchange -> answer(exchange, this::hub));
    storage.createContext("/", exchange -> answer(exchange, this::storage));
    hub.start();
    storage.start();
  }

  /**
   * @param repository {@code models/owner/name} or {@code datasets/owner/name}
   */
  public static FakeHub of(String repository) {
    try {
      return new FakeHub(repository);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public FakeHub with(String path, byte[] content) {
    this.content.put(path, content);
    return this;
  }

  public FakeHub with(String path, String content) {
    return with(path, content.getBytes(StandardCharsets.UTF_8));
  }

  /** What the branch main is from now on. */
  public void commit(String other) {
    commit = other;
  }

  public void require(String token) {
    requiredToken = Optional.of(token);
  }

  /** Answers every request with 403 and this code. */
  public void gate(String code) {
    gate = Optional.of(code);
  }

  void fault(Fault fault) {
    synchronized (faults) {
      faults.add(fault);
    }
  }

  /** Method, path and range of each so far. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  public void forget() {
    requests.clear();
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + hub.getAddress().getPort());
  }

  private interface Handler {
    void on(HttpExchange exchange) throws IOException;
  }

  private void answer(HttpExchange exchange, Handler handler) {
    try (exchange) {
      String range = exchange.getRequestHeaders().getFirst("Range");
      requests.add(exchange.getRequestURI().getPath() + (range == null ? "" : " " + range));
      handler.on(exchange);
    } catch (IOException e) {
      // The client has gone.
    }
  }

  private void hub(HttpExchange exchange) throws IOException {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    if (gate.isPresent()) {
      refuse(exchange, 403, gate.get());
    } else if (requiredToken.filter(t -> !("Bearer " + t).equals(authorization)).isPresent()) {
      refuse(exchange, 401, "");
    } else {
      api(exchange, exchange.getRequestURI().getPath());
    }
  }

  private void api(HttpExchange exchange, String path) throws IOException {
    String api = "/api/" + repository;
    String site = "/" + repository.replaceFirst("^models/", "");
    if (path.startsWith(api + "/revision/")) {
      String revision = path.substring((api + "/revision/").length());
      if (revision.equals("main") || revision.equals(commit)) {
        json(exchange, JSON.createObjectNode().put("sha", commit).toString());
      } else {
        refuse(exchange, 404, "RevisionNotFound");
      }
    } else if (path.startsWith(api + "/tree/")) {
      tree(exchange, path.substring((api + "/tree/").length()));
    } else if (path.startsWith(site + "/resolve/")) {
      String[] parts = path.substring((site + "/resolve/").length()).split("/", 2);
      resolve(exchange, parts[1]);
    } else {
      refuse(exchange, 404, "RepoNotFound");
    }
  }

  /** By three entries a page. */
  private void tree(HttpExchange exchange, String path) throws IOException {
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    String folder = path.contains("/") ? path.substring(path.indexOf('/') + 1) + "/" : "";
    boolean deep = query.contains("recursive=true");
    ArrayNode all = content.tree(folder, deep);
    if (all.isEmpty()) {
      refuse(exchange, 404, "EntryNotFound");
      return;
    }
    int from = query.contains("cursor=") ? Integer.parseInt(query.replaceAll(".*cursor=", "")) : 0;
    if (from + PAGE < all.size()) {
      exchange
          .getResponseHeaders()
          .add(
              "Link",
              "<%s%s?recursive=%b&cursor=%d>; rel=\"next\""
                  .formatted(endpoint(), exchange.getRequestURI().getRawPath(), deep, from + PAGE));
    }
    ArrayNode page = JSON.createArrayNode();
    for (int i = from; i < Math.min(from + PAGE, all.size()); i++) {
      page.add(all.get(i));
    }
    json(exchange, page.toString());
  }

  private void resolve(HttpExchange exchange, String path) throws IOException {
    byte[] file = content.get(path);
    if (file == null) {
      refuse(exchange, 404, "EntryNotFound");
    } else if (FakeRepository.isLarge(file)) {
      Headers headers = exchange.getResponseHeaders();
      headers.add("X-Linked-Etag", "\"" + FakeRepository.blob(file) + "\"");
      headers.add("X-Linked-Size", String.valueOf(file.length));
      headers.add(
          "Location", "http://127.0.0.1:%d/%s".formatted(storage.getAddress().getPort(), path));
      exchange.sendResponseHeaders(302, -1);
    } else {
      exchange.getResponseHeaders().add("ETag", "\"" + FakeRepository.blob(file) + "\"");
      send(exchange, file);
    }
  }

  /** Does not take the hub's token, as storage that signs its addresses does not. */
  private void storage(HttpExchange exchange) throws IOException {
    if (exchange.getRequestHeaders().containsKey("Authorization")) {
      refuse(exchange, 400, "");
      return;
    }
    send(exchange, content.get(exchange.getRequestURI().getPath().substring(1)));
  }

  private void send(HttpExchange exchange, byte[] content) throws IOException {
    Fault fault;
    synchronized (faults) {
      fault = faults.poll();
    }
    if (fault != null && fault.status() != 200) {
      if (fault.retryAfter() != null) {
        exchange.getResponseHeaders().add("Retry-After", fault.retryAfter());
      }
      exchange.sendResponseHeaders(fault.status(), -1);
      return;
    }
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    int count = content.length - from;
    exchange.sendResponseHeaders(range == null ? 200 : 206, count == 0 ? -1 : count);
    int sent = fault == null ? count : Math.min(count, fault.bytes());
    exchange.getResponseBody().write(content, from, sent);
    exchange.getResponseBody().flush();
  }

  private static void json(HttpExchange exchange, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static void refuse(HttpExchange exchange, int status, String code) throws IOException {
    exchange.getResponseHeaders().add("X-Error-Code", code);
    exchange.sendResponseHeaders(status, -1);
  }

  @Override
  public void close() {
    hub.stop(0);
    storage.stop(0);
  }
}
