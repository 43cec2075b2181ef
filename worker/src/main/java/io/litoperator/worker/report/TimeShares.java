package io.litoperator.worker.report;

import java.util.Locale;

/** Where the time of some steps went. */
public final class TimeShares {
  private double data;
  private double forward;
  private double backward;
  private double communication;
  private double optimizer;

  public void add(Event.Times times) {
    data += times.data();
    forward += times.forward();
    backward += times.backward();
    communication += times.communication();
    optimizer += times.optimizer();
  }

  public boolean isEmpty() {
    return all() == 0;
  }

  private double all() {
    return data + forward + backward + communication + optimizer;
  }

  /** Such as {@code data 1 %, forward 30 %, backward 55 %, communication 6 %, optimizer 8 %}. */
  public String text() {
    return String.format(
        Locale.ROOT,
        "data %.0f %%, forward %.0f %%, backward %.0f %%, communication %.0f %%, optimizer %.0f %%",
        share(data),
        share(forward),
        share(backward),
        share(communication),
        share(optimizer));
  }

  private double share(double part) {
    return 100 * part / all();
  }
}
