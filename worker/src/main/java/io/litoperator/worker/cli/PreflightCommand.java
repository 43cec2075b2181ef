package io.litoperator.worker.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.preflight.GpuReport;
import io.litoperator.worker.preflight.Preflight;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "preflight",
    description = {
      "Check this machine's GPUs before a job needs them.",
      "%nOne process on each GPU looks at driver, libraries, memory and reach of the other GPUs, and"
          + " all of them sum tensors by NCCL. Ends with 71 or 76, and the rank's name, if one"
          + " fails."
    },
    footer = {"%nExample:", "  lit preflight"})
final class PreflightCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--ranks",
      paramLabel = "N",
      description = "GPUs to take part. Default: all of this machine.")
  private Integer ranks;

  @Option(names = "--json", description = "Print one JSON line instead of a table.")
  private boolean asJson;

  PreflightCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws JsonProcessingException {
    int gpus = Preflight.gpus();
    int count = ranks == null ? gpus : ranks;
    if (count < 1 || count > gpus) {
      throw new Failure(
          ExitCode.INVALID,
          "--ranks must be from 1 to %d, the number of GPUs, not %d.".formatted(gpus, count));
    }
    List<GpuReport> reports = Preflight.run(count);
    console.out().println(asJson ? new ObjectMapper().writeValueAsString(reports) : table(reports));
    return ExitCode.DONE.code();
  }

  private static String table(List<GpuReport> reports) {
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
}
