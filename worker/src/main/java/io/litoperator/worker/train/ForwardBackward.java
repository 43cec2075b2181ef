package io.litoperator.worker.train;

import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.features.FeatureFiles;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Decoder;
import io.litoperator.worker.model.Packed;
import io.litoperator.worker.model.Segment;
import io.litoperator.worker.model.Targets;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.torch.Arithmetic;
import io.litoperator.worker.torch.Autograd;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.train.StepClock.Phase;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Loss and gradients of a micro-batch: tower, connector, embedding, decoder and head forward, then
 * backward layer by layer. Parts below the lowest one that trains are neither recorded nor
 * differentiated.
 */
final class ForwardBackward implements AutoCloseable {
  private final VisionLanguageModel model;
  private final StepClock clock;
  private final BlockWeights weights;
  private final Gradients gradients;
  private final Optional<FrozenTower> frozenTower;
  private final boolean visionTrains;
  private final boolean adapts;
  private final Checkpointing checkpointing;
  private final Autograd autograd = new Autograd();
  private final Arithmetic arithmetic = new Arithmetic();
  private final InputMemory inputs = new InputMemory();
  private final HeadPass head;
  private long views;

  /**
   * @param trainable parts that {@code gradients} were made for
   * @param checkpointing what is computed again in the backward pass
   * @param features as of {@link FrozenTower}
   */
  ForwardBackward(
      VisionLanguageModel model,
      StepClock clock,
      BlockWeights weights,
      Gradients gradients,
      Set<ModelPart> trainable,
      Checkpointing checkpointing,
      Optional<Function<String, FeatureFiles>> features) {
    this.model = model;
    this.clock = clock;
    this.weights = weights;
    this.gradients = gradients;
    boolean towerTrains = trainable.contains(ModelPart.VISION_TOWER);
    this.frozenTower =
        towerTrains ? Optional.empty() : Optional.of(new FrozenTower(model, weights, features));
    this.visionTrains = towerTrains || trainable.contains(ModelPart.CONNECTOR);
    this.adapts = trainable.contains(ModelPart.ADAPTERS) && model.layout().lora().isPresent();
    this.checkpointing = checkpointing;
    head = new HeadPass(model, weights, gradients);
  }

  /** As of {@link FrozenTower#lookUp}. */
  Sample lookUp(Sample sample) {
    return frozenTower.map(tower -> tower.lookUp(sample)).orElse(sample);
  }

  /**
   * Adds the gradient of {@code scale} times the sum of token losses.
   *
   * @param samples any number, with or without pictures
   * @param seed of the adapters' dropout
   * @param done called with each piece whose gradient this micro-batch will not change any more, in
   *     the order of the backward pass; a GPU may compute it still
   * @return token losses, which the caller closes
   */
  TokenLosses run(List<Sample> samples, double scale, long seed, Consumer<Piece> done) {
    ToIntFunction<Pixels> imageTokens = model.config()::imageTokens;
    List<Sample> ordered =
        samples.stream()
            .sorted(Comparator.comparingInt(s -> -Packed.expandedLength(s, imageTokens)))
            .toList();
    Targets targets = Targets.of(ordered, imageTokens);
    TokenLosses losses = new TokenLosses(targets);
    if (targets.count() == 0) {
      return losses;
    }
    Packed packed = Packed.of(ordered, imageTokens);
    Consumer<Block> trained =
        block -> {
          if (gradients.trains(block)) {
            gradients.pieces(block).forEach(done);
          }
        };
    try (Tape vision = tape(new InputMemory(), trained);
        Tape language = tape(inputs, trained);
        Decoder.Bound decoder = model.decoder().bind(packed);
        Tensor features = clock.time(Phase.FORWARD, "see", () -> see(ordered, vision))) {
      Tensor x =
          clock.time(
              Phase.FORWARD, "embed", () -> model.embedding().merge(packed, features, table()));
      List<Segment> layers = adapts ? decoder.adapted(weights::of, seed) : decoder.segments();
      if (checkpointing == Checkpointing.FULL) {
        inputs.reserve(x.dtype(), layers.size() * x.size());
      }
      for (Segment layer : layers) {
        x = language.forward(layer, x);
      }
      Tensor rows = x;
      Tensor last =
          clock.time(
              Phase.BACKWARD, "head", () -> head.differentiate(rows, targets, scale, losses, done));
      trained.accept(model.layout().head());
      try (Tensor gradient = language.backward(last)) {
        clock.time(Phase.BACKWARD, "embedding", () -> backwardEmbedding(packed, gradient, done));
        if (visionTrains && packed.imageRows().length > 0) {
          if (model.arrangement(ordered).isEmpty()) {
            // Before the connector's weights are gathered, as on ranks that see no picture.
            model.layout().newline().ifPresent(trained);
          }
          vision.backward(model.embedding().backwardFeatures(packed, gradient)).close();
        }
      }
      return losses;
    }
  }

  private Tape tape(InputMemory memory, Consumer<Block> done) {
    return new Tape(clock, autograd, weights, gradients, checkpointing, memory, done);
  }

  /** Image tokens (image tokens, hidden) of all pictures, in order. */
  private Tensor see(List<Sample> samples, Tape tape) {
    List<Pixels> pictures = Packed.pictures(samples);
    if (pictures.isEmpty()) {
      return Tensor.zeros(model.parameters().type(), 0, model.config().text().hiddenSize());
    }
    Tensor seen = frozenTower.isPresent() ? frozenTower.get().see(pictures) : seeBy(tape, pictures);
    Tensor features = through(model.connector(), seen, tape);
    return model
        .arrangement(samples)
        .map(segment -> through(segment, features, tape))
        .orElse(features);
  }

  private Tensor seeBy(Tape tape, List<Pixels> pictures) {
    views += pictures.stream().mapToInt(Pixels::views).sum();
    Tensor x = Packed.pixels(pictures, model.config().vision().imageSize());
    for (Segment segment : model.tower()) {
      x = tape.forward(segment, x);
    }
    return x;
  }

  private Tensor through(Segment segment, Tensor x, Tape tape) {
    return visionTrains ? tape.forward(segment, x) : plain(segment, x);
  }

  private Tensor plain(Segment segment, Tensor x) {
    try (x) {
      return segment.forward(x, weights.of(segment.block()));
    }
  }

  private void backwardEmbedding(Packed packed, Tensor gradient, Consumer<Piece> done) {
    Block block = model.layout().embedding();
    if (gradients.trains(block)) {
      for (Piece piece : gradients.pieces(block)) {
        Tensor tableGradient = gradients.of(piece).get(0);
        if (!gradients.accumulate(piece)) {
          arithmetic.zero(tableGradient);
        }
        model.embedding().backwardText(packed, gradient, piece.row(), tableGradient);
        done.accept(piece);
      }
    }
  }

  private Tensor table() {
    return weights.of(model.layout().embedding()).get(0);
  }

  /** Views of pictures that the tower has computed so far. */
  long views() {
    return views + frozenTower.map(FrozenTower::views).orElse(0L);
  }

  @Override
  public void close() {
    frozenTower.ifPresent(FrozenTower::close);
    inputs.close();
    autograd.close();
    arithmetic.close();
  }
}
