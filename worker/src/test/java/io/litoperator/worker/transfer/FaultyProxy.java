package io.litoperator.worker.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ObjIntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Passes connections on to a server, until it has passed on so many bytes; then it cuts them. Notes
 * the first lines of HTTP requests.
 */
public final class FaultyProxy implements AutoCloseable {
  /** Each begins what its client sends at a time, as it awaits the answer before the next. */
  private static final Pattern REQUEST = Pattern.compile("([A-Z]{3,7} \\S+) HTTP/1\\.1\r\n");

  private final ServerSocket listener;
  private final int target;
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
  private final AtomicLong cuts = new AtomicLong();
  private volatile boolean heals;

  private FaultyProxy(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  public static FaultyProxy to(int port) {
    try {
      FaultyProxy proxy =
          new FaultyProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
      start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** From here on cuts everything after so many bytes, and refuses what comes after. */
  public void breakAfter(long bytes) {
    heals = false;
    left.set(bytes);
  }

  /** Cuts everything once after so many bytes, then passes on all. */
  public void cutOnceAfter(long bytes) {
    heals = true;
    left.set(bytes);
  }

  public void heal() {
    left.set(Long.MAX_VALUE);
  }

  /** Bytes that will pass before it cuts. */
  public long left() {
    return left.get();
  }

  /** How often it has cut. */
  public long cuts() {
    return cuts.get();
  }

  /** Method and target of each request since this was called before. */
  public List<String> takeRequests() {
    List<String> taken = List.copyOf(requests);
    requests.clear();
    return taken;
  }

  private void note(byte[] sent, int count) {
    Matcher request = REQUEST.matcher(new String(sent, 0, count, StandardCharsets.ISO_8859_1));
    if (request.lookingAt()) {
      requests.add(request.group(1));
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        if (left.get() <= 0) {
          client.close();
          continue;
        }
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(server);
        start(() -> pass(client, server, this::note));
        start(() -> pass(server, client, (sent, count) -> {}));
      } catch (IOException e) {
        // Closed, here or there.
      }
    }
  }

  private void pass(Socket from, Socket to, ObjIntConsumer<byte[]> witness) {
    byte[] buffer = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
        if (left.get() != Long.MAX_VALUE && left.addAndGet(-count) <= 0) {
          cut();
          return;
        }
        witness.accept(buffer, count);
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      // The other side has gone; so does this one.
    }
  }

  private void cut() throws IOException {
    cuts.incrementAndGet();
    if (heals) {
      heal();
    }
    for (Socket socket : open) {
      socket.close();
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "faulty-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
