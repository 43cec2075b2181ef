package io.litoperator.operator.reconcile;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody.Consumer;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.javaoperatorsdk.operator.Operator;
import io.litoperator.operator.apiserver.RequestedRights;
import io.litoperator.operator.metrics.JobMetrics;
import io.litoperator.operator.observe.JobCaches;
import io.litoperator.operator.observe.Observer;
import io.litoperator.operator.plan.Planner;
import io.litoperator.operator.snapshot.Jobs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.HttpURLConnection;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An operator that watches one namespace, and that can be killed at any of its writes. */
final class OperatorProcess implements AutoCloseable {
  /** What Pods trust it by. */
  static final String CA_BUNDLE = "ca";

  private final ExecutorService executor = Executors.newFixedThreadPool(8);
  private final Writes writes;
  private final RequestedRights rights = new RequestedRights();
  private final JobCaches caches = new JobCaches(() -> true);
  private final Operator operator;

  /**
   * @param lastWrite the write after which nothing reaches the API server any more
   */
  OperatorProcess(Config config, String namespace, int lastWrite) {
    this.writes = new Writes(lastWrite);
    KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder(config).withUserAgent(ActionRunner.FIELD_MANAGER).build())
            .withHttpClientBuilderConsumer(
                builder ->
                    builder
                        .addOrReplaceInterceptor("writes", writes)
                        .addOrReplaceInterceptor("rights", rights))
            .build();
    Clock clock = Clock.systemUTC();
    LitTrainingJobReconciler reconciler =
        new LitTrainingJobReconciler(
            caches,
            new Observer(client, caches, job -> Optional.empty(), () -> CA_BUNDLE, clock),
            new Planner(Jobs.SETTINGS, Duration.ofMinutes(5)),
            new ActionRunner(
                client,
                caches,
                new EventWriter(client, clock, "test"),
                new WritePace(Optional.empty()),
                executor),
            new JobMetrics(new SimpleMeterRegistry(), 1),
            clock);
    operator =
        new Operator(
            overrides ->
                overrides
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(true)
                    .withConcurrentReconciliationThreads(2));
    operator.register(reconciler, overrides -> overrides.settingNamespace(namespace));
    operator.start();
  }

  JobCaches caches() {
    return caches;
  }

  Set<String> rights() {
    return rights.rights();
  }

  List<String> writes() {
    return List.copyOf(writes.made);
  }

  /** Those that were not refused because something had changed meanwhile. */
  List<String> takenWrites() {
    return List.copyOf(writes.taken);
  }

  /** Dies at a write from now on, however many it has made. */
  void dieAfter(int writesFromNow) {
    writes.endAfter(writesFromNow);
  }

  boolean isDead() {
    return writes.isOver();
  }

  @Override
  public void close() {
    writes.end();
    operator.stop();
    executor.shutdownNow();
  }

  private static final class Writes implements Interceptor {
    private final List<String> made = new CopyOnWriteArrayList<>();
    private final List<String> taken = new CopyOnWriteArrayList<>();
    private volatile int last;
    private volatile boolean ended;

    private Writes(int last) {
      this.last = last;
    }

    private boolean isOver() {
      return ended || made.size() >= last;
    }

    private synchronized void endAfter(int writesFromNow) {
      last = made.size() + writesFromNow;
    }

    private void end() {
      ended = true;
    }

    @Override
    public synchronized void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      if (isOver()) {
        throw new IllegalStateException("the operator is dead");
      }
      if (isWrite(request)) {
        made.add(name(request));
      }
    }

    @Override
    public void after(
        HttpRequest request, HttpResponse<?> response, Consumer<List<ByteBuffer>> consumer) {
      if (isWrite(request) && response.code() != HttpURLConnection.HTTP_CONFLICT) {
        taken.add(name(request));
      }
    }

    private static boolean isWrite(HttpRequest request) {
      return !request.method().equals("GET");
    }

    private static String name(HttpRequest request) {
      return request.method() + " " + request.uri().getPath();
    }
  }
}
