package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.Collectives;
import io.litoperator.worker.distributed.Collectives.Call;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Layout;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.model.ModelFixture;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What travels between two ranks while they compute a step, and how much of it lies in memory: of a
 * model of six decoder layers, whose weights are all zero.
 */
@Timeout(60)
class OverlapTest {
  private static final int LAYERS = 6;
  private static final Stages STAGES = Stages.of(EnumSet.allOf(ModelPart.class));

  @TempDir Path folder;
  private ModelConfig config;
  private Sample sample;

  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  @BeforeEach
  void writeConfig() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    Path tiny = Fixtures.root().resolve("models/llava-1.5/config.json");
    ObjectNode json = (ObjectNode) mapper.readTree(tiny.toFile());
    json.withObject("/text_config").put("num_hidden_layers", LAYERS);
    Files.writeString(folder.resolve("config.json"), json.toString());
    config = ModelDescription.ofModel(folder).config();
    sample = ModelFixture.open("llava-1.5").samples("lit").get(0);
  }

  /** One rank's transfers of a kind, numbered in the order in which they are started. */
  private static final class Transfers {
    private final String kind;
    private final Map<Integer, Integer> startedWhenAwaited = new TreeMap<>();
    private final Set<Tensor> alive = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Integer> aliveOthers = new TreeSet<>();
    private final Set<Integer> aliveLayers = new TreeSet<>();
    private long layerSize;
    private int started;

    private Transfers(String kind) {
      this.kind = kind;
    }

    private Object intercept(Call call) throws Throwable {
      if (!call.name().equals(kind) || !(call.arguments()[0] instanceof Tensor values)) {
        return call.proceed();
      }
      Collective.Handle handle = (Collective.Handle) call.proceed();
      int number = started++;
      alive.add(values);
      alive.removeIf(Transfers::isClosed);
      int layers = (int) alive.stream().filter(tensor -> tensor.size() == layerSize).count();
      aliveLayers.add(layers);
      aliveOthers.add(alive.size() - layers);
      return (Collective.Handle)
          () -> {
            startedWhenAwaited.putIfAbsent(number, started);
            handle.await();
          };
    }

    private static boolean isClosed(Tensor tensor) {
      try {
        return tensor.shape() == null;
      } catch (IllegalStateException e) {
        return true;
      }
    }

    /** Those that were awaited before the next was started. */
    private List<Integer> awaitedAlone() {
      return startedWhenAwaited.entrySet().stream()
          .filter(entry -> entry.getValue() == entry.getKey() + 1)
          .map(Map.Entry::getKey)
          .toList();
    }
  }

  /** A step of one sample on each rank; of rank 0. */
  private Transfers train(String kind, StagePlan stage, Sharding sharding) {
    return RankThreads.run(2, rank -> train(kind, stage, sharding, rank)).get(0);
  }

  private Transfers train(String kind, StagePlan stage, Sharding sharding, Collective rank) {
    Transfers transfers = new Transfers(kind);
    Collective watched = Collectives.intercepting(rank, transfers::intercept);
    Layout layout = Layout.of(config);
    try (VisionLanguageModel model =
            new VisionLanguageModel(
                config, OptimizerStep.memory(layout, Precision.FP32, sharding, rank));
        OptimizerStep optimizer = new OptimizerStep(model, stage, sharding, watched)) {
      try (Tensor part = model.parameters().held(layout.decoderLayers().get(0))) {
        transfers.layerSize = 2 * part.size();
      }
      optimizer.run(1, 1, List.of(List.of(sample)), OptimizerStep.Wishes.NONE);
    }
    return transfers;
  }

  /** While a block's are summed, the next one's are computed; the last has no next. */
  @ParameterizedTest(name = "{0}")
  @EnumSource(Sharding.class)
  void gradientsAreSummedWhileTheNextAreComputed(Sharding sharding) {
    String kind = sharding == Sharding.NONE ? "allReduce" : "reduceScatter";
    Transfers sums = train(kind, STAGES.plan().withMicroBatchSize(2), sharding);

    assertThat(sums.startedWhenAwaited).hasSize(sums.started).hasSizeGreaterThan(LAYERS);
    assertThat(sums.awaitedAlone()).containsExactly(sums.started - 1);
  }

  @Test
  void gradientsThatStayAreAwaitedOnceAllAreOnTheirWay() {
    StagePlan clipped = STAGES.clipped(1).plan().withMicroBatchSize(2);
    Transfers sums = train("allReduce", clipped, Sharding.NONE);

    assertThat(sums.startedWhenAwaited).hasSize(sums.started).hasSizeGreaterThan(LAYERS);
    assertThat(sums.startedWhenAwaited.values()).containsOnly(sums.started);
  }

  /** Behind the head comes the last layer, which is there still. */
  @Test
  void theNextWeightsAreGatheredWhileABlockComputes() {
    Transfers gathered = gathered();
    List<Block> blocks = Layout.of(config).blocks();
    int tower =
        (int) blocks.stream().filter(b -> b.used() && b.part() == ModelPart.VISION_TOWER).count();
    assertThat(gathered.started).isEqualTo(2 * (tower + 1 + LAYERS) + 1);
    assertThat(gathered.awaitedAlone()).containsExactly(tower + 2 + LAYERS, gathered.started - 1);
  }

  @Test
  void noMoreThanTwoLayersAreWhole() {
    Transfers gathered = gathered();
    assertThat(gathered.aliveLayers).containsExactly(0, 1, 2);
    assertThat(gathered.aliveOthers).containsExactly(0, 1, 2);
  }

  private Transfers gathered() {
    return train("allGather", STAGES.plan().withMicroBatchSize(2), Sharding.PARAMETERS);
  }
}
