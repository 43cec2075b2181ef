package io.litoperator.operator.progress;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.operator.tls.Certificates;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The progress endpoint, put together: from {@link #start} to {@link #close} it listens, and writes
 * what it hears.
 */
public final class ProgressEndpoint implements Heartbeats, AutoCloseable {
  /** TokenReviews and patches are short calls; more at once would only crowd the API server. */
  private static final int REVIEW_THREADS = 4;

  private static final int MAX_PENDING_REVIEWS = 256;
  private static final long CLOSE_SECONDS = 5;

  private final Vertx vertx;
  private final ReportIntake intake;
  private final ProgressServer server;
  private final BoundedOffload reviews;
  private final BoundedOffload writes;

  private ProgressEndpoint(
      Vertx vertx,
      ReportIntake intake,
      ProgressServer server,
      BoundedOffload reviews,
      BoundedOffload writes) {
    this.vertx = vertx;
    this.intake = intake;
    this.server = server;
    this.reviews = reviews;
    this.writes = writes;
  }

  /**
   * Listens from now on.
   *
   * @param certificates loaded already
   * @param client by which the API server is asked about tokens
   */
  public static Future<ProgressEndpoint> start(
      Vertx vertx,
      ProgressSettings settings,
      Certificates certificates,
      JobView jobs,
      KubernetesClient client,
      StatusWriter writer,
      Reported reported,
      MeterRegistry registry) {
    return start(
        vertx,
        settings,
        certificates,
        jobs,
        new ApiTokenReviewer(client),
        writer,
        reported,
        registry);
  }

  static Future<ProgressEndpoint> start(
      Vertx vertx,
      ProgressSettings settings,
      Certificates certificates,
      JobView jobs,
      TokenReviewer reviewer,
      StatusWriter writer,
      Reported reported,
      MeterRegistry registry) {
    InstantSource clock = InstantSource.system();
    ProgressMeters meters = new ProgressMeters(registry);
    int concurrency = settings.patches().concurrency();
    BoundedOffload reviews =
        new BoundedOffload(vertx, "token-reviews", REVIEW_THREADS, MAX_PENDING_REVIEWS);
    BoundedOffload writes = new BoundedOffload(vertx, "status-patches", concurrency, concurrency);
    Authenticator authenticator =
        new Authenticator(
            reviewer, reviews, settings.tokenReviews(), clock, System::nanoTime, meters);
    Accounts accounts = new Accounts(settings.reports(), System::nanoTime);
    PatchQueue patches =
        new PatchQueue(
            vertx,
            accounts,
            settings.patches(),
            jobs,
            writer,
            writes,
            reported,
            System::nanoTime,
            meters);
    ReportIntake intake =
        new ReportIntake(jobs, authenticator, accounts, patches, clock, System::nanoTime);
    Connections connections = new Connections(settings, System::nanoTime);
    meters.connections(connections::size);
    ProgressServer server =
        new ProgressServer(settings, intake, connections, meters, certificates.serving());
    ProgressEndpoint endpoint = new ProgressEndpoint(vertx, intake, server, reviews, writes);
    certificates.onServing(server::use);
    return vertx.deployVerticle(server).map(endpoint);
  }

  /** The port that is listened to. */
  public int port() {
    return server.port();
  }

  @Override
  public Optional<Instant> lastHeard(String jobUid) {
    return intake.lastHeard(jobUid);
  }

  /** Stops listening. Reports not written yet are lost; their senders will repeat all of them. */
  @Override
  public void close() {
    try {
      vertx
          .undeploy(server.deploymentID())
          .toCompletionStage()
          .toCompletableFuture()
          .get(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("The progress endpoint did not close.", e);
    } finally {
      reviews.close();
      writes.close();
    }
  }
}
