package io.litoperator.operator.progress;

import io.vertx.core.Future;
import java.util.function.Supplier;

/** Runs what blocks away from the event loop, a bounded number at a time, and comes back to it. */
@FunctionalInterface
interface Offload {
  <T> Future<T> call(Supplier<T> blocking);
}
