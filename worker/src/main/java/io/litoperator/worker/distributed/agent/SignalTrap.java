package io.litoperator.worker.distributed.agent;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes over signals of this process until closed. {@code sun.misc.Signal} is all that Java has for
 * this; it is called by reflection since javac warns of it in a way that cannot be silenced.
 */
public final class SignalTrap implements AutoCloseable {
  private final Map<Object, Object> previous = new LinkedHashMap<>();

  private SignalTrap() {}

  /**
   * @param names without {@code SIG}
   * @param action run on a thread of its own at each signal
   */
  public static SignalTrap on(List<String> names, Runnable action) {
    Object handler =
        Proxy.newProxyInstance(
            handlerType().getClassLoader(),
            new Class<?>[] {handlerType()},
            (proxy, method, arguments) -> {
              action.run();
              return null;
            });
    SignalTrap trap = new SignalTrap();
    for (String name : names) {
      Object signal = signal(name);
      trap.previous.put(signal, handle(signal, handler));
    }
    return trap;
  }

  /** Lets this process go on when the signal comes, for good. */
  static void ignore(String name) {
    try {
      handle(signal(name), handlerType().getField("SIG_IGN").get(null));
    } catch (ReflectiveOperationException e) {
      throw unavailable(e);
    }
  }

  @Override
  public void close() {
    previous.forEach(SignalTrap::handle);
    previous.clear();
  }

  private static Object signal(String name) {
    try {
      return signalType().getConstructor(String.class).newInstance(name);
    } catch (ReflectiveOperationException e) {
      throw unavailable(e);
    }
  }

  /** Returns the handler that was there. */
  private static Object handle(Object signal, Object handler) {
    try {
      Method handle = signalType().getMethod("handle", signalType(), handlerType());
      return handle.invoke(null, signal, handler);
    } catch (InvocationTargetException e) {
      throw unavailable(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw unavailable(e);
    }
  }

  private static Class<?> signalType() {
    return type("sun.misc.Signal");
  }

  private static Class<?> handlerType() {
    return type("sun.misc.SignalHandler");
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw unavailable(e);
    }
  }

  private static IllegalStateException unavailable(Throwable cause) {
    return new IllegalStateException("This Java cannot handle signals (is -Xrs set?)", cause);
  }
}
