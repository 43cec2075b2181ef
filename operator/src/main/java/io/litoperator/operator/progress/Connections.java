package io.litoperator.operator.progress;

import io.vertx.core.http.HttpConnection;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Open connections, and which of them have shown a good token. Strangers have little time, however
 * busily they dribble bytes, and are the first to go when there are too many. For one event loop.
 */
final class Connections {
  private final int max;
  private final long strangersLife;
  private final long idleLife;
  private final LongSupplier nanoTime;

  /** Since when they have been open, oldest first. */
  private final Map<HttpConnection, Long> strangers = new LinkedHashMap<>();

  /** When they were last served. */
  private final Map<HttpConnection, Long> known = new LinkedHashMap<>();

  Connections(ProgressSettings settings, LongSupplier nanoTime) {
    this.max = settings.maxConnections();
    this.strangersLife = settings.requestTimeout().toNanos();
    this.idleLife = settings.idleTimeout().toNanos();
    this.nanoTime = nanoTime;
  }

  void opened(HttpConnection connection) {
    if (size() >= max && !closeOldestStranger()) {
      connection.close();
      return;
    }
    strangers.put(connection, nanoTime.getAsLong());
    connection.closeHandler(
        closed -> {
          strangers.remove(connection);
          known.remove(connection);
        });
  }

  /** The connection has shown a good token. */
  void served(HttpConnection connection) {
    if (strangers.remove(connection) != null || known.containsKey(connection)) {
      known.put(connection, nanoTime.getAsLong());
    }
  }

  /** Closes those whose time is over. To be called regularly. */
  void sweep() {
    close(olderThan(strangersLife, strangers));
    close(olderThan(idleLife, known));
  }

  int size() {
    return strangers.size() + known.size();
  }

  private boolean closeOldestStranger() {
    Iterator<HttpConnection> oldest = strangers.keySet().iterator();
    if (!oldest.hasNext()) {
      return false;
    }
    HttpConnection connection = oldest.next();
    oldest.remove();
    connection.close();
    return true;
  }

  private List<HttpConnection> olderThan(long life, Map<HttpConnection, Long> since) {
    long now = nanoTime.getAsLong();
    List<HttpConnection> old = new ArrayList<>();
    since.forEach(
        (connection, time) -> {
          if (now - time > life) {
            old.add(connection);
          }
        });
    return old;
  }

  private static void close(List<HttpConnection> connections) {
    connections.forEach(HttpConnection::close);
  }
}
