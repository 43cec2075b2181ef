package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.JavaProcess;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.torch.Device;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * A rank that "trains" a few parameters with sums over all ranks, saves them every fifth step, and
 * misbehaves where it is told to.
 */
public final class TestRank {
  private static final int PARAMETERS = 1_000;
  private static final int STEPS_PER_CHECKPOINT = 5;
  private static final Duration STEP = Duration.ofMillis(10);

  /** Of ranks of which one works for longer. */
  static final Duration SHORT_WAIT = Duration.ofSeconds(4);

  private final RankLink link;
  private final Collective ranks;
  private final Script script;
  private final FloatBuffer parameters = floats();
  private final double[] gradient = new double[PARAMETERS];

  /**
   * What a test wants.
   *
   * @param fault {@code none}, {@code deaf} (heeds no stop), {@code hang}, {@code throw}, {@code
   *     fail:CODE} (with last words), {@code exit:CODE} (without), {@code kill}, {@code freeze};
   *     {@code work} and {@code stall}: it does something else for longer than the others wait, and
   *     says so or does not
   * @param faultAttempts the fault occurs in the first so many attempts
   */
  record Script(
      Path folder, int steps, String fault, int faultRank, int faultStep, int faultAttempts) {
    static Script undisturbed(Path folder, int steps) {
      return new Script(folder, steps, "none", -1, -1, 0);
    }

    RankCommand command() {
      return new RankCommand(
          JavaProcess.command(TestRank.class),
          Map.of(
              "TEST_FOLDER", folder.toString(),
              "TEST_STEPS", String.valueOf(steps),
              "TEST_FAULT", fault,
              "TEST_FAULT_RANK", String.valueOf(faultRank),
              "TEST_FAULT_STEP", String.valueOf(faultStep),
              "TEST_FAULT_ATTEMPTS", String.valueOf(faultAttempts)));
    }

    private static Script of(Map<String, String> environment) {
      return new Script(
          Path.of(environment.get("TEST_FOLDER")),
          Integer.parseInt(environment.get("TEST_STEPS")),
          environment.get("TEST_FAULT"),
          Integer.parseInt(environment.get("TEST_FAULT_RANK")),
          Integer.parseInt(environment.get("TEST_FAULT_STEP")),
          Integer.parseInt(environment.get("TEST_FAULT_ATTEMPTS")));
    }
  }

  private TestRank(RankLink link, Collective ranks, Script script) {
    this.link = link;
    this.ranks = ranks;
    this.script = script;
  }

  public static void main(String[] arguments) {
    System.out.println("hello from rank " + System.getenv("RANK"));
    try (RankLink link = RankLink.connect(System.getenv())) {
      System.exit(run(link).code());
    }
  }

  private static ExitCode run(RankLink link) {
    Script script = Script.of(System.getenv());
    boolean waitsLittle =
        Set.of("work", "stall").contains(script.fault())
            && link.world().attempt() <= script.faultAttempts();
    Duration longestWait = waitsLittle ? SHORT_WAIT : Duration.ofSeconds(60);
    return link.run(
        () -> link.collective(longestWait, Device.CPU),
        ranks -> new TestRank(link, ranks, script).train());
  }

  private ExitCode train() throws Exception {
    for (int step = load() + 1; step <= script.steps(); step++) {
      link.heartbeat(step - 1, Activity.TRAINING);
      misbehave(step);
      train(step);
      double[] stops = {link.stopRequested() && !script.fault().equals("deaf") ? 1 : 0};
      ranks.allReduce(stops);
      if (step % STEPS_PER_CHECKPOINT == 0 || stops[0] > 0 || step == script.steps()) {
        save(step);
      }
      link.send(new Event.Notice(notice(ProcessHandle.current().pid(), link.rank(), step)));
      if (stops[0] > 0) {
        return ExitCode.INTERRUPTED;
      }
    }
    return ExitCode.DONE;
  }

  static String notice(long pid, int rank, int step) {
    return pid + " rank " + rank + " step " + step;
  }

  private void train(int step) {
    LockSupport.parkNanos(STEP.toNanos());
    for (int i = 0; i < PARAMETERS; i++) {
      gradient[i] = Math.sin(parameters.get(i) + step * 0.1 + i + ranks.rank());
    }
    ranks.allReduce(gradient);
    for (int i = 0; i < PARAMETERS; i++) {
      parameters.put(i, parameters.get(i) - 0.01f * (float) gradient[i]);
    }
  }

  private void misbehave(int step) throws Exception {
    if (step != script.faultStep()
        || ranks.rank() != script.faultRank()
        || link.world().attempt() > script.faultAttempts()) {
      return;
    }
    String[] fault = script.fault().split(":");
    switch (fault[0]) {
      case "hang" -> hangHere();
      case "throw" -> throw new Failure(ExitCode.INTERNAL, "The same defect every time.");
      case "fail" ->
          throw new Failure(
              ExitCode.of(Integer.parseInt(fault[1])), "Line 7 of data.json is broken.");
      case "exit" -> Runtime.getRuntime().halt(Integer.parseInt(fault[1]));
      case "kill" -> signal("KILL");
      case "freeze" -> signal("STOP");
      case "work" -> workElsewhere(step, elapsed -> link.on("writing", elapsed, 1 << 20));
      case "stall" -> workElsewhere(step, elapsed -> {});
      default -> throw new IllegalArgumentException(script.fault());
    }
  }

  /**
   * @param onTheWay told again and again how many milliseconds have passed
   */
  private void workElsewhere(int step, LongConsumer onTheWay) throws InterruptedException {
    link.heartbeat(step - 1, Activity.EVALUATING);
    long start = System.nanoTime();
    while (System.nanoTime() - start < SHORT_WAIT.multipliedBy(2).toNanos()) {
      Thread.sleep(100);
      onTheWay.accept((System.nanoTime() - start) / 1_000_000);
    }
  }

  private static void hangHere() throws InterruptedException {
    new CountDownLatch(1).await();
  }

  private static void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, String.valueOf(ProcessHandle.current().pid()))
        .start()
        .waitFor();
    hangHere();
  }

  private int load() throws IOException {
    if (link.world().resume().isEmpty()) {
      return 0;
    }
    ByteBuffer state = ByteBuffer.wrap(Files.readAllBytes(Path.of(link.world().resume().get())));
    int step = state.getInt();
    parameters.put(0, state.asFloatBuffer(), 0, PARAMETERS);
    return step;
  }

  private void save(int step) throws IOException {
    if (ranks.rank() == 0) {
      ByteBuffer state = ByteBuffer.allocate(Integer.BYTES + PARAMETERS * Float.BYTES);
      state.putInt(step).asFloatBuffer().put(0, parameters, 0, PARAMETERS);
      Path unfinished = Files.createDirectories(script.folder()).resolve("unfinished");
      Files.write(unfinished, state.array());
      Files.move(unfinished, script.folder().resolve("state"), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static FloatBuffer floats() {
    return ByteBuffer.allocateDirect(PARAMETERS * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }
}
