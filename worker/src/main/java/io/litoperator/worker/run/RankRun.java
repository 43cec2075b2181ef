package io.litoperator.worker.run;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.agent.RankLink;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.gpu.Rdma;
import io.litoperator.worker.plan.PlanCodec;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.TopologyPlan;
import io.litoperator.worker.report.ChromeTrace;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.torch.Device;
import io.litoperator.worker.torch.Torch;
import io.litoperator.worker.transfer.Proxies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The main class of a rank process: joins the others, does its part of the plan, and tells its
 * agent how it ended.
 */
final class RankRun {
  /** Beyond the hang timeout, so that the agent finds a hanging rank first. */
  private static final Duration PATIENCE_BEYOND_HANG = Duration.ofMinutes(10);

  private RankRun() {}

  /**
   * @param arguments what to do, a file as {@link PlanCodec} writes it; and the folder in which a
   *     few steps are drawn, if they are
   */
  public static void main(String[] arguments) {
    Proxies.allowCredentials();
    List<Path> paths = Stream.of(arguments).map(Path::of).toList();
    System.exit(exitCode(paths).code());
  }

  /** The agent reads from the rank's log why it ended. */
  static ExitCode exitCode(List<Path> paths) {
    try {
      return run(paths.get(0), System.getenv(), paths.stream().skip(1).findFirst());
    } catch (Exception | Error e) {
      Failure failure = Failure.of(e);
      System.err.println(failure.getMessage());
      return failure.exitCode();
    }
  }

  /**
   * @param environment in which the agent has put who this rank is
   */
  private static ExitCode run(
      Path planFile, Map<String, String> environment, Optional<Path> profile) {
    RunPlan plan = PlanCodec.read(planFile);
    try (RankLink link = RankLink.connect(environment)) {
      return link.run(
          () -> join(plan, link, environment), ranks -> codeOf(work(plan, link, ranks, profile)));
    }
  }

  private static Collective join(RunPlan plan, RankLink link, Map<String, String> environment) {
    Device device = device(plan, link.localRank());
    Torch.start(threads(plan), device);
    if (device.isCuda() && plan.topology().nodes() > 1 && link.localRank() == 0) {
      Rdma.obstacle(Path.of("/"), environment)
          .ifPresent(obstacle -> link.send(new Event.Notice(slowly(link.rank(), obstacle))));
    }
    return link.collective(plan.recovery().hangTimeout().plus(PATIENCE_BEYOND_HANG), device);
  }

  private static String slowly(int rank, String obstacle) {
    return "On the node of rank %d %s: NCCL reaches other nodes by TCP, which is slow; see 'Several nodes' in docs/gpu.md."
        .formatted(rank, obstacle);
  }

  private static ExitCode codeOf(RankWork.Outcome outcome) {
    return outcome == RankWork.Outcome.STOPPED ? ExitCode.INTERRUPTED : ExitCode.DONE;
  }

  private static RankWork.Outcome work(
      RunPlan given, RankLink link, Collective ranks, Optional<Path> profile) {
    RankVoice voice = new RankVoice(given, link, ranks);
    if (given.stages().isEmpty()) {
      return new EvaluationWork(voice).run();
    }
    RunPlan plan =
        AutoMicroBatch.decide(given, ranks, sentence -> voice.tell(new Event.Notice(sentence)));
    if (profile.isEmpty()) {
      return new RankWork(plan, link, ranks, Optional.empty()).run();
    }
    Path file = profile.get().resolve("rank-%05d.json".formatted(ranks.rank()));
    try (ChromeTrace trace = ChromeTrace.create(file, ranks.rank())) {
      return new RankWork(plan, link, ranks, Optional.of(trace)).run();
    }
  }

  private static Device device(RunPlan plan, int localRank) {
    return plan.topology().device() == TopologyPlan.Device.CUDA
        ? Device.cuda(localRank)
        : Device.CPU;
  }

  private static int threads(RunPlan plan) {
    return Math.max(1, Runtime.getRuntime().availableProcessors() / plan.topology().ranksPerNode());
  }
}
