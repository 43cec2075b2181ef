package io.litoperator.worker.report;

import java.util.Locale;

/** Where the time of some steps went, as the thread that trains saw it. */
public final class TimeShares {
  private double data;
  private double forward;
  private double backward;
  private double communication;
  private double optimizer;
  private double device;
  private double rest;

  public void add(Event.Times times) {
    data += times.data();
    forward += times.forward();
    backward += times.backward();
    communication += times.communication();
    optimizer += times.optimizer();
    device += times.device();
    rest += times.rest();
  }

  public boolean isEmpty() {
    return all() == 0;
  }

  private double all() {
    return data + forward + backward + communication + optimizer + device + rest;
  }

  /**
   * Such as {@code data 1 %, forward 30 %, backward 54 %, communication 6 %, optimizer 8 %, device
   * 0 %, rest 1 %}.
   */
  public String text() {
    return String.format(
        Locale.ROOT,
        "data %.0f %%, forward %.0f %%, backward %.0f %%, communication %.0f %%, optimizer %.0f %%, device %.0f %%, rest %.0f %%",
        share(data),
        share(forward),
        share(backward),
        share(communication),
        share(optimizer),
        share(device),
        share(rest));
  }

  private double share(double part) {
    return 100 * part / all();
  }
}
