package io.litoperator.operator.config;

import java.util.concurrent.atomic.AtomicBoolean;

/** Whether this replica is the one that acts. */
public final class Leadership {
  private final AtomicBoolean leading;

  Leadership(boolean leading) {
    this.leading = new AtomicBoolean(leading);
  }

  public boolean isLeading() {
    return leading.get();
  }

  void set(boolean leads) {
    leading.set(leads);
  }
}
