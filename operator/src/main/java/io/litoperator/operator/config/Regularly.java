package io.litoperator.operator.config;

import io.vertx.core.Vertx;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tasks that are done again and again. */
final class Regularly {
  private static final Logger log = LoggerFactory.getLogger(Regularly.class);

  private Regularly() {}

  /**
   * @param interval from the end of one time to the next
   * @param otherwise what is to be said if it fails
   */
  static void every(Vertx vertx, Duration interval, String otherwise, Runnable task) {
    vertx.setTimer(
        interval.toMillis(),
        timer ->
            vertx
                .executeBlocking(
                    () -> {
                      task.run();
                      return null;
                    },
                    false)
                .onFailure(e -> log.warn(otherwise, e))
                .onComplete(done -> every(vertx, interval, otherwise, task)));
  }
}
