package io.litoperator.worker.distributed.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SignalTrapTest {
  private final BlockingQueue<String> caught = new LinkedBlockingQueue<>();

  @Test
  @SuppressWarnings("try")
  void catchesTheSignalAndGivesItBack() throws Exception {
    try (SignalTrap outer = SignalTrap.on(List.of("USR2"), () -> caught.add("outer"))) {
      try (SignalTrap inner = SignalTrap.on(List.of("USR2"), () -> caught.add("inner"))) {
        raise();
        assertThat(caught.poll(10, TimeUnit.SECONDS)).isEqualTo("inner");
      }
      raise();
      assertThat(caught.poll(10, TimeUnit.SECONDS)).isEqualTo("outer");
    }
  }

  private static void raise() throws Exception {
    String self = String.valueOf(ProcessHandle.current().pid());
    assertThat(new ProcessBuilder("kill", "-USR2", self).start().waitFor()).isZero();
  }
}
