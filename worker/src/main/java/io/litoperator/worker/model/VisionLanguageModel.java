package io.litoperator.worker.model;

import io.litoperator.worker.data.Sample;
import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A LLaVA model: tower, connector, embedding, decoder, head. It holds programs and parameters, and
 * leaves to its users in which order and with what recorded they are run.
 */
public final class VisionLanguageModel implements AutoCloseable {
  private final ModelConfig config;
  private final Parameters parameters;
  private final VisionTower tower;
  private final Program connector;
  private final Program arrangement;
  private final TokenEmbedding embedding;
  private final Decoder decoder;
  private final Head head;

  /** Takes over the parameters. */
  public VisionLanguageModel(ModelConfig config, Parameters parameters) {
    this.config = config;
    this.parameters = parameters;
    Layout layout = parameters.layout();
    tower = new VisionTower(config, layout);
    connector =
        Program.load(
            VisionLanguageModel.class, "Connector", Map.of("drop_first", config.dropFirst()));
    arrangement = Program.load(VisionLanguageModel.class, "Arrangement", Map.of());
    embedding = new TokenEmbedding(layout.embedding());
    decoder = new Decoder(config.text(), layout, parameters.type());
    head = new Head(config.text());
  }

  public ModelConfig config() {
    return config;
  }

  public Parameters parameters() {
    return parameters;
  }

  public Layout layout() {
    return parameters.layout();
  }

  /** From pixels (views, 3, side, side) to features (views, positions, hidden). */
  public List<Segment> tower() {
    return tower.segments();
  }

  /** From the tower's features to rows of the language model (image tokens, hidden). */
  public Segment connector() {
    return new Segment() {
      @Override
      public Block block() {
        return layout().connector();
      }

      @Override
      public Tensor forward(Tensor x, List<Tensor> weights) {
        return connector.tensor("forward", x, weights);
      }
    };
  }

  /**
   * From the connector's rows (views · rows of a view, hidden) to image tokens in their order, with
   * newlines (image tokens, hidden); absent where the rows are image tokens as they are, since no
   * picture has tiles.
   */
  public Optional<Segment> arrangement(List<Sample> samples) {
    boolean tiled =
        samples.stream().flatMap(s -> s.pictures().stream()).anyMatch(p -> p.tiling().isPresent());
    return tiled
        ? layout().newline().map(block -> new Arrangement(arrangement, block, samples, config))
        : Optional.empty();
  }

  public TokenEmbedding embedding() {
    return embedding;
  }

  public Decoder decoder() {
    return decoder;
  }

  public Head head() {
    return head;
  }

  @Override
  public void close() {
    head.close();
    decoder.close();
    embedding.close();
    arrangement.close();
    connector.close();
    tower.close();
    parameters.close();
  }
}
