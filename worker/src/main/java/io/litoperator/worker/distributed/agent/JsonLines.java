package io.litoperator.worker.distributed.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A connection that carries one JSON object a line, both ways. One thread reads, any writes. */
final class JsonLines implements AutoCloseable {
  private static final ObjectMapper JSON = JsonMapper.builder().addModule(new Jdk8Module()).build();

  private final Socket socket;
  private final InputStream in;

  JsonLines(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  synchronized void write(Object message) throws IOException {
    String line = JSON.writeValueAsString(message) + "\n";
    socket.getOutputStream().write(line.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The next line.
   *
   * @param maxBytes longer lines are refused: who has not proved the secret may not fill the memory
   * @throws EOFException if the other side has ended the connection
   */
  <T> T read(Class<T> type, int maxBytes) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the connection was closed");
      }
      if (line.size() == maxBytes) {
        throw new IOException("a message is longer than " + maxBytes + " bytes");
      }
      line.write(next);
    }
    T message = JSON.readValue(line.toByteArray(), type);
    if (message == null) {
      throw new IOException("a message is null");
    }
    return message;
  }

  /** Longest time that a read waits; 0 waits for ever. */
  void readTimeout(int millis) throws IOException {
    socket.setSoTimeout(millis);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
