package io.litoperator.e2e.program;

import io.litoperator.controlplane.Command;
import io.litoperator.controlplane.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The operator from its jar, beside the API server instead of in a Pod. */
public final class OperatorProcess implements AutoCloseable {

  private static final Pattern USED = Pattern.compile("used (\\d+)K");

  private final Process process;
  private final int httpPort;
  private final int progressPort;
  private final Duration timeToReady;

  private OperatorProcess(Process process, int httpPort, int progressPort, Duration timeToReady) {
    this.process = process;
    this.httpPort = httpPort;
    this.progressPort = progressPort;
    this.timeToReady = timeToReady;
  }

  /**
   * Starts it with a heap of at most 512 MiB and waits until it is ready.
   *
   * @param pod the name that it takes for its Pod's
   * @param settings environment variables besides those that it needs
   */
  public static OperatorProcess start(
      Path jar,
      Path kubeconfig,
      Path log,
      String namespace,
      String pod,
      Map<String, String> settings) {
    if (!Files.exists(jar)) {
      throw new IllegalStateException("There is no " + jar + "; run: mvn package -pl operator -am");
    }
    int httpPort = Endpoint.onLoopback().port();
    int progressPort = Endpoint.onLoopback().port();
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx512m",
                // As in its image.
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "KUBECONFIG",
                kubeconfig.toString(),
                "LIT_POD_NAME",
                pod,
                "LIT_SERVICE_NAMESPACE",
                namespace,
                "LIT_SERVICE_NAME",
                "lit-operator",
                "LIT_WORKER_IMAGE_CPU",
                "lit.test/worker:1",
                "LIT_PROGRESS_PORT",
                String.valueOf(progressPort),
                "QUARKUS_HTTP_PORT",
                String.valueOf(httpPort),
                "QUARKUS_HTTP_HOST",
                "127.0.0.1",
                // Here all Pods report from one address.
                "LIT_PROGRESS_TOKEN_REVIEWS_BURST_PER_ADDRESS",
                "200",
                "LIT_PROGRESS_TOKEN_REVIEWS_PER_SECOND_PER_ADDRESS",
                "50"));
    builder.environment().putAll(settings);
    long started = System.nanoTime();
    try {
      Process process = builder.start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      awaitReady(process, httpPort, log);
      return new OperatorProcess(
          process, httpPort, progressPort, Duration.ofNanos(System.nanoTime() - started));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int progressPort() {
    return progressPort;
  }

  /** What Prometheus would get. */
  String metrics() {
    HttpRequest scrape =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/q/metrics"))
            .header("Accept", "text/plain")
            .build();
    try {
      return HttpClient.newHttpClient().send(scrape, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Tells it to end, as Kubernetes does; gives its exit code once it has. */
  CompletableFuture<Integer> terminate() {
    process.destroy();
    return process.onExit().thenApply(Process::exitValue);
  }

  Duration timeToReady() {
    return timeToReady;
  }

  /** Processor time since its start. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** Heap that lives: after a full collection, in bytes. */
  long liveHeap() {
    String pid = String.valueOf(process.pid());
    Command.run("jcmd", pid, "GC.run");
    Matcher used = USED.matcher(Command.run("jcmd", pid, "GC.heap_info"));
    if (!used.find()) {
      throw new IllegalStateException("jcmd told no heap.");
    }
    return Long.parseLong(used.group(1)) * 1024;
  }

  @Override
  public void close() {
    terminate().join();
  }

  private static void awaitReady(Process process, int httpPort, Path log) throws IOException {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest ready =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/q/health/ready"))
            .build();
    while (!isReady(client, ready)) {
      if (!process.isAlive()) {
        throw new IllegalStateException("The operator ended; see " + log + ".");
      }
    }
  }

  private static boolean isReady(HttpClient client, HttpRequest ready) throws IOException {
    try {
      Thread.sleep(20);
      return client.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (ConnectException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
