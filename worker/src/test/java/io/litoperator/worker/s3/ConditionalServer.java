package io.litoperator.worker.s3;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Keeps small objects by the conditions of Amazon's S3, {@code If-Match} and {@code If-None-Match},
 * and checks nothing else. {@link S3Server} heeds the second alone, and looks before it writes.
 */
public final class ConditionalServer implements AutoCloseable {
  private static final byte[] NONE = "<Error><Code>NoSuchKey</Code></Error>".getBytes();
  private static final byte[] OTHERWISE =
      "<Error><Code>PreconditionFailed</Code></Error>".getBytes();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Stored> objects = new HashMap<>();
  private final AtomicReference<byte[]> meanwhile = new AtomicReference<>();
  private int writes;

  private record Stored(byte[] content, String tag) {}

  public ConditionalServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  public S3Connection connect() {
    return S3Server.connect(server.getAddress().getPort(), Duration.ofSeconds(10));
  }

  /** Right before the next object is written, another writes this one in its place. */
  void writesMeanwhile(String content) {
    meanwhile.set(content.getBytes(StandardCharsets.UTF_8));
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] sent = exchange.getRequestBody().readAllBytes();
      if (exchange.getRequestMethod().equals("PUT")) {
        put(exchange, sent);
      } else {
        get(exchange);
      }
    }
  }

  private void get(HttpExchange exchange) throws IOException {
    Stored found;
    synchronized (this) {
      found = objects.get(exchange.getRequestURI().getPath());
    }
    if (found == null) {
      reply(exchange, 404, NONE);
    } else {
      exchange.getResponseHeaders().add("ETag", found.tag());
      reply(exchange, 200, found.content());
    }
  }

  private void put(HttpExchange exchange, byte[] content) throws IOException {
    String key = exchange.getRequestURI().getPath();
    boolean stored;
    synchronized (this) {
      byte[] others = meanwhile.getAndSet(null);
      if (others != null) {
        store(key, others);
      }
      stored = holds(exchange, objects.get(key));
      if (stored) {
        store(key, content);
      }
    }
    reply(exchange, stored ? 200 : 412, stored ? new byte[0] : OTHERWISE);
  }

  private static boolean holds(HttpExchange exchange, Stored now) {
    String wanted = exchange.getRequestHeaders().getFirst("If-Match");
    boolean absent = exchange.getRequestHeaders().containsKey("If-None-Match");
    return (wanted == null || now != null && now.tag().equals(wanted)) && !(absent && now != null);
  }

  private void store(String key, byte[] content) {
    objects.put(key, new Stored(content, "\"%d\"".formatted(++writes)));
  }

  private static void reply(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
