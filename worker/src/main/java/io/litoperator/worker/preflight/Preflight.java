package io.litoperator.worker.preflight;

import io.litoperator.worker.distributed.HostNames;
import io.litoperator.worker.distributed.agent.AgentPlan;
import io.litoperator.worker.distributed.agent.Appointment;
import io.litoperator.worker.distributed.agent.NodeIdentity;
import io.litoperator.worker.distributed.agent.RankCommand;
import io.litoperator.worker.distributed.agent.Trial;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.gpu.Cuda;
import io.litoperator.worker.plan.RecoveryPlan;
import io.litoperator.worker.report.Listener;
import io.litoperator.worker.torch.Device;
import io.litoperator.worker.torch.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Starts ranks on this machine, each on a GPU if GPUs are checked, which inspect them and sum
 * tensors together, and with the ranks of other machines on which this is started, too.
 *
 * @param ranks on each node
 * @param output folder for what ranks print
 * @param version of this program
 * @param party absent: this machine alone
 */
public record Preflight(
    Device.Kind device, int ranks, Path output, String version, Optional<Party> party) {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  /**
   * GPUs of this machine, at least one.
   *
   * @throws Failure {@code ACCELERATOR} if there is none, or no driver
   */
  public static int gpus() {
    Torch.start(1);
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

  /**
   * @param notices told what concerns the person only
   * @return absent on other nodes than the first
   * @throws Failure with the rank or node that failed, the same on all nodes
   */
  public Optional<Findings> run(Map<String, String> environment, Listener notices) {
    String name = Optional.ofNullable(environment.get("NODE_NAME")).orElseGet(Preflight::hostName);
    RankCommand rank = RankCommand.java(PreflightRank.class.getName(), device.name(), name);
    AgentPlan plan =
        party
            .map(it -> plan(it, name, environment))
            .orElseGet(() -> new AgentPlan(ranks, 0, output, recovery()));
    if (party.isPresent() && !party.get().leads()) {
      String host = party.get().coordinator().host();
      Trial.follow(plan, host, rank, notices);
      return Optional.empty();
    }
    RankReport[] reports = Trial.lead(plan, rank, RankReport[].class, notices);
    return Optional.of(Findings.of(List.of(reports)));
  }

  private AgentPlan plan(Party party, String name, Map<String, String> environment) {
    HostNames.areSoonForgotten();
    String terms =
        "%s, %d nodes of %d ranks, --device %s"
            .formatted(version, party.nodes(), ranks, device.name().toLowerCase(Locale.ROOT));
    return new AgentPlan(
        new NodeIdentity(party.node(), UUID.randomUUID().toString(), 1, name),
        party.nodes(),
        ranks,
        party.address(),
        party.coordinator().port(),
        Party.secret(environment),
        output,
        recovery(),
        Optional.of(new Appointment(party.patience(), terms)));
  }

  private static RecoveryPlan recovery() {
    return new RecoveryPlan(0, PATIENCE);
  }

  /** Unlike Java's, not looked up: few machines need to know their own name's address. */
  private static String hostName() {
    try {
      return Files.readString(HOST_NAME).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
