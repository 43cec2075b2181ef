package io.litoperator.worker.cli;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.interchange.ModelShape;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.plan.Overrides;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.TopologyPlan.Device;
import io.litoperator.worker.sizing.Fit;
import io.litoperator.worker.sizing.Memory;
import io.litoperator.worker.sizing.SizingTable;
import io.litoperator.worker.sizing.Workload;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "plan",
    description = {
      "Predict the memory and time of a job's steps, and whether they fit.",
      "%nFor each stage, and each setting of sharding and activation checkpointing, the table has"
          + " what a rank holds at its peak, the largest micro-batch that fits, and a step's time. Of"
          + " the model only config.json is read."
    },
    footer = {
      "%nExamples:",
      "  lit plan job.yaml --gpu-memory 80GiB --gpus 8",
      "  lit plan job.yaml --claims /mnt/claims --gpu-memory 80GiB"
    })
final class PlanCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private JobArgument job;

  @Option(
      names = "--claims",
      paramLabel = "DIR",
      description =
          "Plan a job for a cluster, whose pvc:// claims are folders in DIR. Default: for this machine.")
  private Path claims;

  @Option(
      names = "--gpu-memory",
      paramLabel = "SIZE",
      description = "Memory of each GPU, such as 80GiB. Default: plan for the job's own device.")
  private String gpuMemory;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "Memory of each rank of a job on CPUs. Default: its part of this machine's.")
  private String memory;

  @Option(
      names = "--gpus",
      paramLabel = "N",
      description = "Ranks in all. Default: the job's nodes times ranksPerNode.")
  private Integer gpus;

  @Option(
      names = "--text",
      paramLabel = "T",
      description = "Text tokens of a sample. Default: the most that the job allows.")
  private Integer text;

  @Option(
      names = "--tflops",
      paramLabel = "F",
      description =
          "TFLOP/s that a rank sustains, as 'lit bench' measures. Default: measured in seconds, if"
              + " this machine has the job's device.")
  private Double tflops;

  PlanCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    RunPlan plan =
        claims == null ? job.plan(Overrides.none(), console) : job.planForCluster(claims, console);
    ModelConfig model = ModelShape.of(plan.model());
    int ranks = gpus == null ? plan.topology().worldSize() : Counts.atLeastOne("--gpus", gpus);
    ExitCode worst = ExitCode.DONE;
    for (StagePlan stage : plan.stages()) {
      if (stage.globalBatchSize() % ranks != 0) {
        throw new Failure(
            ExitCode.INVALID,
            "%d ranks cannot share the %s's globalBatchSize of %d equally; give --gpus a divisor of it."
                .formatted(ranks, stage.stage().label(), stage.globalBatchSize()));
      }
      Workload work = workload(plan, stage, model);
      long limit = limit(work.device(), plan);
      Fit fit = new Fit(work, ranks, limit, rate(plan, stage, model, work));
      SizingTable table = new SizingTable(stage, plan.topology().sharding(), fit, limit, ranks);
      console.out().println(table.text());
      if (!table.fits()) {
        worst = ExitCode.INVALID;
      }
    }
    return worst.code();
  }

  /** FLOP/s of a rank; absent if it is not given and cannot be measured here. */
  private OptionalDouble rate(RunPlan plan, StagePlan stage, ModelConfig model, Workload work) {
    if (tflops != null) {
      if (!(tflops > 0 && Double.isFinite(tflops))) {
        throw new Failure(ExitCode.INVALID, "--tflops must be above 0, not " + tflops + ".");
      }
      return OptionalDouble.of(tflops * 1e12);
    }
    MeasuredRate rate = new MeasuredRate(plan, stage, model, work);
    Optional<String> obstacle = rate.obstacle();
    if (obstacle.isPresent()) {
      console.out().printf("No times: %s; give --tflops.%n", obstacle.get());
      return OptionalDouble.empty();
    }
    double measured = rate.flopsPerSecond();
    console.out().printf(Locale.ROOT, "Measured here: %.3g TFLOP/s a rank.%n", measured * 1e-12);
    return OptionalDouble.of(measured);
  }

  private Workload workload(RunPlan plan, StagePlan stage, ModelConfig model) {
    boolean cuda = gpuMemory != null || plan.topology().device() == Device.CUDA;
    int tokens =
        text == null ? Workload.mostText(plan, stage, model) : Counts.atLeastOne("--text", text);
    return Workload.of(plan, stage, model, cuda ? Device.CUDA : Device.CPU, tokens);
  }

  private long limit(Device device, RunPlan plan) {
    if (device == Device.CPU) {
      return memory == null
          ? Memory.ofMachine() / plan.topology().ranksPerNode()
          : Sizes.parse("--memory", memory);
    }
    if (gpuMemory == null) {
      throw new Failure(
          ExitCode.INVALID, "--gpu-memory is needed for a job on GPUs: give each GPU's, as 80GiB.");
    }
    return Sizes.parse("--gpu-memory", gpuMemory);
  }
}
