package io.litoperator.operator.progress;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.api.progress.ProgressReply;
import io.litoperator.operator.logging.JobLog;
import io.litoperator.operator.tls.ServingCertificate;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.SSLOptions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The endpoint as HTTPS sees it: one route, and bounds on sizes, times and connections. Nothing of
 * a body is read before its sender is known. HTTP/1.1 only: a coordinator has one request at a
 * time.
 */
final class ProgressServer extends AbstractVerticle {
  /** Of a body. */
  static final int MAX_BYTES = 64 * 1024;

  /** Projected tokens have some 1,200 bytes. */
  private static final int MAX_HEADER_BYTES = 8 * 1024;

  /** How long what a refused sender still sends is thrown away, so that it can read why. */
  private static final long LINGER_MILLIS = 200;

  private static final Duration SWEEP = Duration.ofSeconds(1);
  private static final String JSON_TYPE = "application/json";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Logger log = LoggerFactory.getLogger(ProgressServer.class);

  private final ProgressSettings settings;
  private final ReportIntake intake;
  private final Connections connections;
  private final ProgressMeters meters;
  private final ServingCertificate first;
  private BodyReader bodies;
  private HttpServer server;

  ProgressServer(
      ProgressSettings settings,
      ReportIntake intake,
      Connections connections,
      ProgressMeters meters,
      ServingCertificate certificate) {
    this.settings = settings;
    this.intake = intake;
    this.connections = connections;
    this.meters = meters;
    this.first = certificate;
  }

  @Override
  public void start(Promise<Void> started) {
    bodies = new BodyReader(vertx, MAX_BYTES, settings.requestTimeout());
    server =
        vertx
            .createHttpServer(options())
            .connectionHandler(connections::opened)
            .requestHandler(this::handle)
            .exceptionHandler(e -> log.debug("A connection failed: {}", e.getMessage()));
    vertx.setPeriodic(SWEEP.toMillis(), timer -> connections.sweep());
    vertx.setPeriodic(settings.idleTimeout().toMillis(), timer -> intake.sweep());
    server.listen().<Void>mapEmpty().onComplete(started);
  }

  private HttpServerOptions options() {
    HttpServerOptions options = new HttpServerOptions();
    options
        .setPort(settings.port())
        .setSsl(true)
        .setUseAlpn(false)
        .setKeyCertOptions(pem(first))
        .setSslHandshakeTimeout(settings.requestTimeout().toMillis())
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
        .setIdleTimeout((int) settings.idleTimeout().toMillis())
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setMaxHeaderSize(MAX_HEADER_BYTES)
        .setHandle100ContinueAutomatically(true);
    return options;
  }

  /** The port that is listened to. */
  int port() {
    return server.actualPort();
  }

  /** Connections opened from now on see this certificate; open ones go on. */
  void use(ServingCertificate certificate) {
    server
        .updateSSLOptions(new SSLOptions().setKeyCertOptions(pem(certificate)))
        .onSuccess(updated -> log.info("The progress endpoint shows a new certificate"))
        .onFailure(e -> log.error("The progress endpoint keeps its former certificate", e));
  }

  private static PemKeyCertOptions pem(ServingCertificate certificate) {
    return new PemKeyCertOptions()
        .addCertValue(Buffer.buffer(certificate.chainPem()))
        .addKeyValue(Buffer.buffer(certificate.keyPem()));
  }

  private void handle(HttpServerRequest request) {
    request.pause();
    admit(request)
        .compose(
            from -> {
              connections.served(request.connection());
              return bodies.read(request).map(body -> intake.accept(from, body));
            })
        .onSuccess(reply -> answer(request, reply))
        .onFailure(failure -> logged(request, () -> refuse(request, failure)));
  }

  private void logged(HttpServerRequest request, Runnable work) {
    JobName.ofProgressPath(request.path())
        .ifPresentOrElse(
            job -> JobLog.with(job.namespace(), job.name(), intake.attempt(job), work), work);
  }

  private Future<ReportIntake.Admitted> admit(HttpServerRequest request) {
    try {
      JobName job =
          JobName.ofProgressPath(request.path())
              .orElseThrow(
                  () -> RequestRefusedException.notFound("There is nothing at this path."));
      if (request.method() != HttpMethod.POST) {
        throw RequestRefusedException.methodNotAllowed();
      }
      bodies.checkLength(request);
      return intake.admit(
          job, request.getHeader(HttpHeaders.AUTHORIZATION), request.remoteAddress().hostAddress());
    } catch (RequestRefusedException refusal) {
      return Future.failedFuture(refusal);
    }
  }

  private void answer(HttpServerRequest request, ProgressReply reply) {
    send(request.response().setStatusCode(200), json(reply));
  }

  private void refuse(HttpServerRequest request, Throwable failure) {
    HttpServerResponse response = request.response();
    if (response.closed()) {
      return; // The sender has gone; there is nobody to tell.
    }
    RequestRefusedException refusal = refusal(failure);
    log.debug("{} to {}: {}", refusal.code(), request.remoteAddress(), refusal.getMessage());
    response.setStatusCode(refusal.code());
    refusal
        .retryAfterSeconds()
        .ifPresent(seconds -> response.putHeader(HttpHeaders.RETRY_AFTER, seconds.toString()));
    Buffer body = json(Map.of("message", refusal.getMessage()));
    request.handler(null).resume();
    if (isKeptOpen(request, refusal)) {
      send(response, body);
    } else {
      sendAndClose(response, body);
    }
  }

  /** The connection ends with the response, which is held back so that it can be read first. */
  private void sendAndClose(HttpServerResponse response, Buffer body) {
    meters.answered(response.getStatusCode());
    response
        .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
        .putHeader(HttpHeaders.CONTENT_TYPE, JSON_TYPE)
        .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()))
        .write(body);
    vertx.setTimer(
        LINGER_MILLIS,
        timer -> {
          if (!response.closed()) {
            response.end();
          }
        });
  }

  private static RequestRefusedException refusal(Throwable failure) {
    if (failure instanceof RequestRefusedException refusal) {
      return refusal;
    }
    log.error("A report could not be dealt with", failure);
    return RequestRefusedException.unavailable("The operator has failed.", Duration.ofSeconds(10));
  }

  /** A coordinator that is only late, early or too busy keeps its connection; strangers do not. */
  private boolean isKeptOpen(HttpServerRequest request, RequestRefusedException refusal) {
    return switch (refusal.code()) {
      case 400, 409, 429, 503 ->
          !refusal.sendsElsewhere() && (request.isEnded() || bodies.isShort(request));
      default -> false;
    };
  }

  private void send(HttpServerResponse response, Buffer body) {
    meters.answered(response.getStatusCode());
    response.putHeader(HttpHeaders.CONTENT_TYPE, JSON_TYPE).end(body);
  }

  private static Buffer json(Object value) {
    try {
      return Buffer.buffer(JSON.writeValueAsBytes(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Replies are plain records.", e);
    }
  }
}
