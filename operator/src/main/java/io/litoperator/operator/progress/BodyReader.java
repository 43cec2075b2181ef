package io.litoperator.operator.progress;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/** Reads a request's body, no more than may be and not for longer. */
record BodyReader(Vertx vertx, int limit, Duration timeout) {

  /**
   * @throws RequestRefusedException 413 if the header alone says too much
   */
  void checkLength(HttpServerRequest request) {
    if (declaredLength(request) > limit) {
      throw RequestRefusedException.tooLarge(limit);
    }
  }

  /** Whether what is left of the body is worth reading for the connection's sake. */
  boolean isShort(HttpServerRequest request) {
    long length = declaredLength(request);
    return length >= 0 && length <= limit;
  }

  /**
   * @param request paused
   * @return the body, or a {@link RequestRefusedException}: 413 or 408
   */
  Future<byte[]> read(HttpServerRequest request) {
    Promise<byte[]> whole = Promise.promise();
    Buffer body = Buffer.buffer();
    long timer =
        vertx.setTimer(
            timeout.toMillis(), expired -> whole.tryFail(RequestRefusedException.tooSlow()));
    request.handler(
        part -> {
          if (body.length() + part.length() > limit) {
            whole.tryFail(RequestRefusedException.tooLarge(limit));
          } else {
            body.appendBuffer(part);
          }
        });
    request.exceptionHandler(whole::tryFail);
    request.endHandler(end -> whole.tryComplete(body.getBytes()));
    request.resume();
    return whole.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  /** -1 for a chunked body; 0 without one. */
  private static long declaredLength(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length == null) {
      return request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null ? 0 : -1;
    }
    try {
      return Long.parseLong(length);
    } catch (NumberFormatException e) {
      throw RequestRefusedException.malformed("Content-Length must be a number.");
    }
  }
}
