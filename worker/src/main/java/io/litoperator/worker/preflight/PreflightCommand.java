package io.litoperator.worker.preflight;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.distributed.agent.Agent;
import io.litoperator.worker.distributed.agent.AgentPlan;
import io.litoperator.worker.distributed.agent.RankCommand;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.gpu.Cuda;
import io.litoperator.worker.plan.RecoveryPlan;
import io.litoperator.worker.torch.Torch;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lit preflight}. */
@Command(
    name = "preflight",
    description = {
      "Check this machine's GPUs before a job needs them.",
      "%nOne process on each GPU looks at driver, libraries, memory and reach of the other GPUs, and"
          + " all of them sum tensors by NCCL. Ends with 71 or 76, and the rank's name, if one"
          + " fails."
    },
    footer = {"%nExample:", "  lit preflight"})
public final class PreflightCommand implements Callable<Integer> {
  private static final RecoveryPlan ONCE = new RecoveryPlan(0, Duration.ofMinutes(2));
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;

  @Option(
      names = "--ranks",
      paramLabel = "N",
      description = "GPUs to take part (default: all of this machine).")
  private Integer ranks;

  @Option(names = "--json", description = "Print one JSON line instead of a table.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException {
    Torch.start(1);
    int gpus = gpus();
    int count = ranks == null ? gpus : ranks;
    if (count < 1 || count > gpus) {
      throw new Failure(
          ExitCode.INVALID,
          "--ranks must be from 1 to %d, the number of GPUs, not %d.".formatted(gpus, count));
    }
    Path folder = Files.createTempDirectory("lit-preflight");
    try {
      List<GpuReport> reports = run(count, folder);
      PrintWriter out = spec.commandLine().getOut();
      out.println(asJson ? JSON.writeValueAsString(reports) : table(reports));
      out.flush();
      return ExitCode.DONE.code();
    } finally {
      delete(folder);
    }
  }

  private static int gpus() {
    try {
      int gpus = Cuda.loading(Cuda::count);
      if (gpus > 0) {
        return gpus;
      }
    } catch (Failure e) {
      throw new Failure(
          ExitCode.ACCELERATOR,
          e.getMessage() + " Without a GPU, jobs run with topology.device: cpu.",
          e);
    }
    throw new Failure(
        ExitCode.ACCELERATOR,
        "CUDA works, but this process sees no GPU: look at nvidia-smi and CUDA_VISIBLE_DEVICES."
            + " Without a GPU, jobs run with topology.device: cpu.");
  }

  private static List<GpuReport> run(int count, Path folder) throws IOException {
    Path result = folder.resolve("reports.json");
    RankCommand command = RankCommand.java(PreflightRank.class.getName(), result.toString());
    ExitCode code =
        new Agent(new AgentPlan(count, 0, folder, ONCE), command, Optional::empty, event -> {})
            .run();
    if (code != ExitCode.DONE) {
      throw new Failure(code, "The check was stopped.");
    }
    return JSON.readValue(result.toFile(), new TypeReference<List<GpuReport>>() {});
  }

  static String table(List<GpuReport> reports) {
    GpuReport first = reports.get(0);
    String head =
        "CUDA %s (driver: up to %s), NCCL %s, libtorch %s%n"
            .formatted(first.runtime(), first.driver(), first.nccl(), first.libtorch());
    String rows =
        reports.stream()
            .map(
                r ->
                    String.format(
                        Locale.ROOT,
                        "%4d  %-28s %,9d of %,9d  %-12s %9.1f",
                        r.rank(),
                        r.gpu(),
                        r.freeMiB(),
                        r.totalMiB(),
                        peers(r),
                        r.sumGigabytesPerSecond()))
            .collect(Collectors.joining("\n"));
    return head
        + String.format(
            "%4s  %-28s %22s  %-12s %9s%n", "rank", "GPU", "MiB free", "reaches", "sum GB/s")
        + rows;
  }

  private static String peers(GpuReport report) {
    return report.peers().contains(false)
        ? report.peers().stream().map(can -> can ? "+" : "-").collect(Collectors.joining())
        : "all";
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
