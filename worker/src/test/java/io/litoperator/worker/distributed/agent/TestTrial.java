package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A measurement without end as a process of its own, for tests that signal it. */
public final class TestTrial {
  private TestTrial() {}

  /**
   * @param arguments a file that the rank makes once it has connected
   */
  public static void main(String[] arguments) {
    try {
      RankCommand rank = RankCommand.java(Rank.class.getName(), arguments);
      Trial.run(1, Duration.ofMinutes(5), rank, Integer.class);
      System.exit(ExitCode.DONE.code());
    } catch (Failure failure) {
      System.err.println(failure.getMessage());
      System.exit(failure.exitCode().code());
    }
  }

  /** Connects and heeds nothing. */
  public static final class Rank {
    private Rank() {}

    @SuppressWarnings("try") // The link does its work by being open.
    public static void main(String[] arguments) throws Exception {
      try (RankLink link = RankLink.connect(System.getenv())) {
        Files.createFile(Path.of(arguments[0]));
        new CountDownLatch(1).await();
      }
    }
  }
}
