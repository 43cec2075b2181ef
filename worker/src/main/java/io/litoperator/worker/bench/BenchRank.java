package io.litoperator.worker.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.agent.RankLink;
import io.litoperator.worker.failure.Failure;
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
    try (RankLink link = RankLink.connect(System.getenv())) {
      Device device = options.deviceOf(link.localRank());
      Torch.start(options.threads(), device);
      try (Collective ranks = link.collective(Bench.PATIENCE, device)) {
        BenchResult result = new Bench(options, ranks).run();
        if (link.rank() == 0) {
          json.writeValue(new File(arguments[1]), result);
        }
        link.done();
      } catch (Failure e) {
        link.failed(e);
        throw e;
      }
    }
  }
}
