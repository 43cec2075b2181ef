package io.litoperator.worker.model;

import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Packing;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A model's weights as inference reads them: those of small models packed for faster products,
 * where libtorch can.
 */
final class InferenceWeights implements AutoCloseable {
  /** Of a model whose matrices are copied. */
  private static final long PACKED_BYTES = 4L << 30;

  private final Layout layout;
  private final Map<Block, List<Tensor>> weights = new HashMap<>();

  /** The embedding's table as the vocabulary, in a model in which it is both. */
  private final Optional<Tensor> tiedVocabulary;

  InferenceWeights(VisionLanguageModel model) {
    layout = model.layout();
    for (Block block : layout.blocks()) {
      weights.put(block, model.parameters().weights(block));
    }
    Optional<Tensor> table =
        Optional.of(table()).filter(t -> model.config().text().tiedEmbeddings());
    tiedVocabulary = packs(model.parameters().type()) ? pack(table) : table;
  }

  private boolean packs(DType type) {
    return Torch.packs() && packs(type, layout.blocks().stream().mapToLong(Block::size).sum());
  }

  /** Whether a model of this type and number of elements is packed where libtorch can. */
  static boolean packs(DType type, long elements) {
    return type == DType.FLOAT32 && elements * type.bytes() <= PACKED_BYTES;
  }

  /** Blocks of which all matrices are factors of products. */
  static Stream<Block> packed(Layout layout) {
    return Stream.of(
            layout.towerLayers().stream().filter(Block::used),
            Stream.of(layout.connector(), layout.head()),
            layout.decoderLayers().stream())
        .flatMap(blocks -> blocks);
  }

  /** Packs the blocks that are to be, and the tied vocabulary. */
  private Optional<Tensor> pack(Optional<Tensor> table) {
    try (Packing packing = new Packing()) {
      packed(layout)
          .forEach(block -> weights.compute(block, (b, plain) -> packed(packing, b, plain)));
      return table.map(packing::pack);
    }
  }

  private static List<Tensor> packed(Packing packing, Block block, List<Tensor> plain) {
    List<Tensor> packed = new ArrayList<>();
    for (int i = 0; i < plain.size(); i++) {
      packed.add(packed(packing, block.weights().get(i), plain.get(i)));
    }
    return packed;
  }

  /** Takes over the plain one. */
  private static Tensor packed(Packing packing, Weight weight, Tensor plain) {
    if (!weight.isMatrix()) {
      return plain;
    }
    try (plain) {
      return weight.isGateAndUp() ? packing.packPadded(plain) : packing.pack(plain);
    }
  }

  /** In the order of the block's program. */
  List<Tensor> of(Block block) {
    return weights.get(block);
  }

  /** The embedding's table (vocabulary, hidden). */
  Tensor table() {
    return of(layout.embedding()).get(0);
  }

  /** Of all decoder layers, one after another. */
  List<Tensor> decoder() {
    return layout.decoderLayers().stream().map(this::of).flatMap(List::stream).toList();
  }

  /** The last norm's and the vocabulary's. */
  List<Tensor> head() {
    List<Tensor> all = new ArrayList<>(of(layout.head()));
    tiedVocabulary.ifPresent(all::add);
    return all;
  }

  @Override
  public void close() {
    tiedVocabulary.filter(vocabulary -> vocabulary != table()).ifPresent(Tensor::close);
    weights.values().forEach(list -> list.forEach(Tensor::close));
  }
}
