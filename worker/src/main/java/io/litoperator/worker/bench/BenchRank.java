package io.litoperator.worker.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.agent.RankLink;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.torch.Device;
import io.litoperator.worker.torch.Torch;
import java.io.File;
import java.io.IOException;

/** The main class of a rank process. */
final class BenchRank {
  private BenchRank() {}

  /**
   * @param arguments the options as JSON, file into which rank 0 writes the result
   */
  public static void main(String[] arguments) throws IOException {
    ObjectMapper json = new ObjectMapper();
    BenchOptions options = json.readValue(arguments[0], BenchOptions.class);
    ExitCode code;
    try (RankLink link = RankLink.connect(System.getenv())) {
      code =
          link.run(
              () -> join(link, options),
              ranks -> {
                BenchResult result = new Bench(options, ranks).run();
                if (link.rank() == 0) {
                  json.writeValue(new File(arguments[1]), result);
                }
                return ExitCode.DONE;
              });
    }
    System.exit(code.code());
  }

  static Collective join(RankLink link, BenchOptions options) {
    Device device = options.deviceOf(link.localRank());
    Torch.start(options.threads(), device);
    return link.collective(Bench.PATIENCE, device);
  }
}
