package io.litoperator.worker.distributed;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** Collectives that do some things differently. */
public final class Collectives {
  private Collectives() {}

  /** A call of {@code rank}, which whoever intercepts it may let go on. */
  public record Call(Collective rank, Method method, Object... arguments) {
    public String name() {
      return method.getName();
    }

    public Object proceed() throws Throwable {
      try {
        return method.invoke(rank, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }

  /** Does something in place of a call, and returns what the call would. */
  @FunctionalInterface
  public interface Interception {
    Object of(Call call) throws Throwable;
  }

  public static Collective intercepting(Collective rank, Interception interception) {
    return (Collective)
        Proxy.newProxyInstance(
            Collective.class.getClassLoader(),
            new Class<?>[] {Collective.class},
            (proxy, method, arguments) -> interception.of(new Call(rank, method, arguments)));
  }
}
