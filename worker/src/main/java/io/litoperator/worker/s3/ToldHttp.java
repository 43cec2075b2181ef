package io.litoperator.worker.s3;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.async.SdkHttpContentPublisher;

/**
 * Tells when bytes of a request's content go: of an upload's parts, of which many go at a time over
 * a slow network, the library tells only when one has gone.
 */
final class ToldHttp implements SdkAsyncHttpClient {
  private final SdkAsyncHttpClient http;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  ToldHttp(SdkAsyncHttpClient http) {
    this.http = http;
  }

  void tell(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
    AsyncExecuteRequest.Builder told =
        AsyncExecuteRequest.builder()
            .request(request.request())
            .requestContentPublisher(new Told(request.requestContentPublisher()))
            .responseHandler(request.responseHandler())
            .fullDuplex(request.fullDuplex())
            .httpExecutionAttributes(request.httpExecutionAttributes());
    request.metricCollector().ifPresent(told::metricCollector);
    return http.execute(told.build());
  }

  @Override
  public String clientName() {
    return http.clientName();
  }

  @Override
  public void close() {
    http.close();
  }

  private final class Told implements SdkHttpContentPublisher {
    private final SdkHttpContentPublisher content;

    Told(SdkHttpContentPublisher content) {
      this.content = content;
    }

    @Override
    public Optional<Long> contentLength() {
      return content.contentLength();
    }

    /** The connection asks for the next bytes when it can take them. */
    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
      SdkPublisher.adapt(content).map(this::told).subscribe(subscriber);
    }

    private ByteBuffer told(ByteBuffer bytes) {
      listeners.forEach(Runnable::run);
      return bytes;
    }
  }
}
