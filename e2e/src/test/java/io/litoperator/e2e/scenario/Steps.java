package io.litoperator.e2e.scenario;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A coordinator's events as they happen, read from its Pod's volume on the node: to the tenth of a
 * second, where the status is seconds behind. Goes on with the Pod's successor.
 */
final class Steps implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration INTERVAL = Duration.ofMillis(20);

  private final Journal<Seen> journal;
  private final Supplier<Optional<Path>> volumes;
  private final Map<Path, Long> read = new HashMap<>();

  /** Of the file that is read now, as far as {@link #place}; then those of its predecessor. */
  private final List<String> lines = new ArrayList<>();

  private int place;
  private final Thread reader;
  private volatile boolean closed;

  /**
   * @param volumes of the Pod that is the coordinator now
   */
  Steps(String job, Supplier<Optional<Path>> volumes) {
    this.journal = new Journal<>("event of " + job, Seen::toString);
    this.volumes = volumes;
    this.reader = new Thread(this::readUntilClosed, "events of " + job);
    reader.setDaemon(true);
    reader.start();
  }

  record Seen(JsonNode event) {
    boolean is(String kind) {
      return event.path("event").asText().equals(kind);
    }

    String stage() {
      return event.path("stage").asText();
    }

    long step() {
      return event.path("step").asLong();
    }
  }

  Journal<Seen> journal() {
    return journal;
  }

  /** Waits for a step of a stage, or a later one of it. */
  Journal.Entry<Seen> await(String stage, long step, Duration limit) {
    return journal.await(
        0,
        stage + "-" + step,
        limit,
        seen -> seen.is("step") && seen.stage().equals(stage) && seen.step() >= step);
  }

  /** The newest step that was told of. */
  long last() {
    return journal.entries().stream()
        .map(Journal.Entry::what)
        .filter(seen -> seen.is("step"))
        .reduce((former, latter) -> latter)
        .orElseThrow()
        .step();
  }

  /** What a step took in the mean, saves among them. */
  Duration stepTime() {
    List<Instant> told =
        journal.entries().stream()
            .filter(entry -> entry.what().is("step"))
            .map(Journal.Entry::at)
            .toList();
    return Duration.between(told.get(0), told.get(told.size() - 1)).dividedBy(told.size() - 1);
  }

  /** Waits for the first step that is told after a place in the journal. */
  Journal.Entry<Seen> next(int from, Duration limit) {
    return journal.await(from, "at the next step", limit, seen -> seen.is("step"));
  }

  /** Waits for the first step of ranks that were started anew, by this Pod or its successor. */
  Journal.Entry<Seen> nextAfterRestart(int from, Duration limit) {
    AtomicBoolean restarted = new AtomicBoolean();
    return journal.await(
        from,
        "at a step after a restart",
        limit,
        seen -> {
          if (seen.is("runStarted")) {
            restarted.set(true);
          }
          return restarted.get() && seen.is("step");
        });
  }

  @Override
  public void close() {
    closed = true;
  }

  private void readUntilClosed() {
    while (!closed) {
      volumes.get().flatMap(Steps::eventsFile).ifPresent(this::readNew);
      try {
        Thread.sleep(INTERVAL.toMillis());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static Optional<Path> eventsFile(Path volumes) {
    if (!Files.isDirectory(volumes)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.walk(volumes, 4)) {
      return files.filter(file -> file.endsWith("events.jsonl")).findFirst();
    } catch (IOException | UncheckedIOException e) {
      // The Pod goes while we look: its successor's folder is read the next time.
      return Optional.empty();
    }
  }

  /** Whole lines only; the rest is read when it is whole. */
  private void readNew(Path file) {
    try (RandomAccessFile events = new RandomAccessFile(file.toFile(), "r")) {
      if (!read.containsKey(file)) {
        place = 0;
      }
      long from = read.getOrDefault(file, 0L);
      if (events.length() == from) {
        return;
      }
      byte[] bytes = new byte[(int) (events.length() - from)];
      events.seek(from);
      events.readFully(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      int end = text.lastIndexOf('\n') + 1;
      read.put(file, from + text.substring(0, end).getBytes(StandardCharsets.UTF_8).length);
      text.substring(0, end).lines().forEach(this::take);
    } catch (IOException e) {
      // As above.
      read.putIfAbsent(file, 0L);
    }
  }

  /** A successor's file begins with the lines of its predecessor that outlasted the Pod. */
  private void take(String line) {
    if (place == lines.size() || !lines.get(place).equals(line)) {
      lines.subList(place, lines.size()).clear();
      lines.add(line);
      journal.add(new Seen(parse(line)));
    }
    place++;
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
