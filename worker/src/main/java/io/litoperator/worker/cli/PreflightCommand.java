package io.litoperator.worker.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.preflight.Coordinator;
import io.litoperator.worker.preflight.Findings;
import io.litoperator.worker.preflight.Party;
import io.litoperator.worker.preflight.Preflight;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.source.Downloads;
import io.litoperator.worker.torch.Device;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "preflight",
    description = {
      "Check GPUs, and the network between machines, before a job needs them.",
      "%nOne process on each GPU looks at driver, libraries, memory and reach of the other GPUs, and"
          + " all of them sum tensors by NCCL. Ends with 71 or 76, and the rank's name, if one"
          + " fails.",
      "%nSeveral machines are checked together by starting it on each, with numbers from 0. Node 0"
          + " prints what was found, the others end with the same code. If LIT_SECRET is set, to"
          + " the same hexadecimal on all, only who knows it can take part."
    },
    footer = {
      "%nExamples:",
      "  lit preflight",
      "  lit preflight --nodes 2 --node 0 --coordinator gpu-a    # on gpu-a",
      "  lit preflight --nodes 2 --node 1 --coordinator gpu-a    # on gpu-b"
    })
final class PreflightCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--ranks",
      paramLabel = "N",
      description = "Processes on each node. Default: one on each GPU; 1 on cpu.")
  private Integer ranks;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "1",
      description = "Machines that take part. Default: ${DEFAULT-VALUE}.")
  private int nodes;

  @Option(names = "--node", paramLabel = "I", description = "Which of them this is, from 0.")
  private Integer node;

  @Option(
      names = "--coordinator",
      paramLabel = "HOST[:PORT]",
      description = "Node 0, on the network to check. Default port: 29400.")
  private String coordinator;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description = "How long nodes wait for one another. Default: ${DEFAULT-VALUE}.")
  private int wait;

  @Option(
      names = "--device",
      paramLabel = "cpu|cuda",
      defaultValue = "cuda",
      description =
          "What ranks sum on; with cpu only the network between them is checked. Default:"
              + " ${DEFAULT-VALUE}.")
  private Device.Kind device;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "For the ranks' logs. Default: lit-preflight in the user's cache.")
  private Path output;

  @Option(names = "--json", description = "Print one JSON line instead of a table.")
  private boolean asJson;

  PreflightCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws JsonProcessingException {
    Optional<Party> party = party();
    Preflight preflight = new Preflight(device, ranksHere(), folder(), Version.ofProgram(), party);
    Optional<Findings> findings = preflight.run(System.getenv(), this::tell);
    if (findings.isPresent()) {
      console
          .out()
          .println(
              asJson
                  ? new ObjectMapper().writeValueAsString(findings.get())
                  : PreflightTable.of(findings.get()));
    }
    return ExitCode.DONE.code();
  }

  private Optional<Party> party() {
    Counts.atLeastOne("--nodes", nodes);
    Counts.atLeastOne("--wait", wait);
    if (nodes == 1 && node == null && coordinator == null) {
      return Optional.empty();
    }
    if (node == null || coordinator == null || nodes == 1) {
      throw invalid("--nodes above 1, --node and --coordinator go together; give all of them.");
    }
    if (node < 0 || node >= nodes) {
      throw invalid("--node must be from 0 to %d, not %d.".formatted(nodes - 1, node));
    }
    return Optional.of(
        new Party(node, nodes, Coordinator.parse(coordinator), Duration.ofSeconds(wait)));
  }

  private int ranksHere() {
    int most = device == Device.Kind.CUDA ? Preflight.gpus() : Integer.MAX_VALUE;
    if (ranks != null && ranks > most) {
      throw invalid(
          "--ranks must be from 1 to %d, the number of GPUs, not %d.".formatted(most, ranks));
    }
    int here = ranks != null ? Counts.atLeastOne("--ranks", ranks) : defaultRanks(most);
    if (device == Device.Kind.CPU && here * nodes == 1) {
      throw invalid("--device cpu checks the network between ranks; give --nodes or --ranks.");
    }
    return here;
  }

  private int defaultRanks(int gpus) {
    return device == Device.Kind.CUDA ? gpus : 1;
  }

  private Path folder() {
    return output == null
        ? Downloads.usersCache(System.getenv()).resolve("lit-preflight")
        : output.toAbsolutePath();
  }

  private void tell(Event event) {
    if (event instanceof Event.Notice notice) {
      console.err().println(notice.message());
    }
  }

  private static Failure invalid(String sentence) {
    return new Failure(ExitCode.INVALID, sentence);
  }
}
