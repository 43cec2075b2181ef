package io.litoperator.worker.transfer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that notes what it is asked, and passes nothing on: its answer is 418. */
public final class NotingProxy implements AutoCloseable {
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<String> logins = new CopyOnWriteArrayList<>();
  private final ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());

  public NotingProxy() throws IOException {
    Thread thread = new Thread(this::serve);
    thread.setDaemon(true);
    thread.start();
  }

  /** First lines. */
  public List<String> requests() {
    return requests;
  }

  /** What {@code Proxy-Authorization} had, or nothing. */
  public List<String> logins() {
    return logins;
  }

  public int port() {
    return listener.getLocalPort();
  }

  private void serve() {
    try {
      while (true) {
        try (Socket socket = listener.accept()) {
          answer(socket);
        }
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void answer(Socket socket) throws IOException {
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    requests.add(lines.readLine());
    String login = "";
    for (String line = lines.readLine(); !line.isEmpty(); line = lines.readLine()) {
      if (line.regionMatches(true, 0, "Proxy-Authorization: ", 0, 21)) {
        login = line.substring(21);
      }
    }
    logins.add(login);
    socket
        .getOutputStream()
        .write(
            "HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
