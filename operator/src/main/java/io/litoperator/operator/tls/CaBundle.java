package io.litoperator.operator.tls;

/** What a job's Pods must trust so that they can report. */
public interface CaBundle {
  /**
   * PEM certificates, the newest authority first; during a rotation the former one follows.
   *
   * @throws IllegalStateException if none is known yet, as before start-up is over
   */
  String pem();

  /**
   * Calls {@code listener} after each change of {@link #pem}, from any thread. It must see to it
   * that every namespace with unfinished jobs gets the new bundle, and must not block.
   */
  void onChange(Runnable listener);
}
