package io.litoperator.operator.progress;

/** Told when a job's status has got news that a reconcile must look at. */
@FunctionalInterface
public interface Reported {
  /**
   * The API server has the news, but the informer's cache may lag behind by some milliseconds. May
   * be called from any thread; must not block.
   */
  void reported(String namespace, String name);
}
