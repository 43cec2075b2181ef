package io.litoperator.worker.preflight;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.NcclCollective;
import io.litoperator.worker.distributed.Patience;
import io.litoperator.worker.distributed.agent.RankLink;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.torch.Device;
import io.litoperator.worker.torch.Torch;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The main class of one of several rank processes, each with a GPU, if GPUs are checked. */
final class PreflightRank {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final RankLink link;
  private final Device device;
  private final String node;

  private PreflightRank(RankLink link, Device.Kind kind, String node) {
    this.link = link;
    this.node = node;
    device = kind == Device.Kind.CUDA ? Device.cuda(link.localRank()) : Device.CPU;
  }

  /**
   * @param arguments kind of device, name of the node, file into which rank 0 writes all reports
   */
  public static void main(String[] arguments) {
    ExitCode code;
    try (RankLink link = RankLink.connect(System.getenv())) {
      PreflightRank rank = new PreflightRank(link, Device.Kind.valueOf(arguments[0]), arguments[1]);
      code =
          link.run(
              rank::join,
              ranks -> {
                List<RankReport> reports = rank.inspectAll(ranks);
                if (link.rank() == 0) {
                  new ObjectMapper().writeValue(new File(arguments[2]), reports);
                }
                return ExitCode.DONE;
              });
    }
    System.exit(code.code());
  }

  /** By NCCL also where one rank is alone, which training does not need. */
  private Collective join() {
    Torch.start(1, device);
    Collective ranks = link.collective(PATIENCE, device);
    return device.isCuda() && ranks instanceof Alone alone
        ? NcclCollective.join(alone, device.index(), new Patience(PATIENCE))
        : ranks;
  }

  /** In the order of ranks. */
  private List<RankReport> inspectAll(Collective ranks) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<RankReport> reports = new ArrayList<>();
    for (byte[] report : ranks.allGather(json.writeValueAsBytes(inspect(ranks)))) {
      reports.add(json.readValue(report, RankReport.class));
    }
    return reports;
  }

  private RankReport inspect(Collective ranks) {
    Gpu gpu = device.isCuda() ? Gpu.inspect(device.index()) : null;
    Exchange.check(ranks);
    TimedSum sum = new TimedSum(ranks, device);
    return new RankReport(ranks.rank(), node, Torch.version(), gpu, sum.bytes(), sum.seconds());
  }
}
