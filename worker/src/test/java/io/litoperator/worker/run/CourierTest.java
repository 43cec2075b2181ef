package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class CourierTest {
  private final List<String> told = new CopyOnWriteArrayList<>();

  @Test
  void whatCannotBeBroughtIsToldOnceAndTheNextIsTried() {
    AtomicBoolean brought = new AtomicBoolean();
    try (Courier courier = new Courier(told::add)) {
      for (int i = 0; i < 2; i++) {
        courier.send(
            () -> {
              throw new IOException("no room");
            });
      }
      courier.send(
          () -> {
            throw new OutOfMemoryError("Java heap space");
          });
      courier.send(() -> brought.set(true));
      courier.finish(Duration.ofMinutes(1));
    }

    assertThat(told).hasSize(2);
    assertThat(told.get(0)).endsWith("the run goes on: no room");
    assertThat(told.get(1)).endsWith("the run goes on: Java heap space");
    assertThat(brought).isTrue();
  }
}
