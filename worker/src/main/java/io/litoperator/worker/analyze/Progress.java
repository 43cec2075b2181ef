package io.litoperator.worker.analyze;

/** Told how many of this rank's samples are done. */
@FunctionalInterface
public interface Progress {
  void on(int done, int total);
}
