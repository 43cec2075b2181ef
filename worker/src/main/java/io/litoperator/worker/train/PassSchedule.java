package io.litoperator.worker.train;

import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Layout;
import io.litoperator.worker.model.Segment;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.ModelPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * In which order {@link ForwardBackward} needs the blocks' weights over one micro-batch.
 *
 * @param entries blocks that are needed at a time
 */
record PassSchedule(Block embedding, Block firstLayer, List<List<Block>> entries) {

  static PassSchedule of(VisionLanguageModel model, Set<ModelPart> trainable) {
    Layout layout = model.layout();
    List<Block> tower = model.tower().stream().map(Segment::block).toList();
    List<Block> before = new ArrayList<>(tower);
    before.add(layout.connector());
    layout.newline().ifPresent(before::add);
    before.add(layout.embedding());
    List<List<Block>> layers =
        layers(layout, trainable.contains(ModelPart.ADAPTERS) && layout.lora().isPresent());
    List<Block> after = new ArrayList<>();
    boolean towerTrains = trainable.contains(ModelPart.VISION_TOWER);
    if (towerTrains || trainable.contains(ModelPart.CONNECTOR)) {
      layout.newline().ifPresent(after::add);
      after.add(layout.connector());
    }
    if (towerTrains) {
      after.addAll(reversed(tower));
    }
    List<List<Block>> schedule = new ArrayList<>();
    before.forEach(block -> schedule.add(List.of(block)));
    schedule.addAll(layers);
    schedule.add(
        model.config().text().tiedEmbeddings()
            ? List.of(layout.head(), layout.embedding())
            : List.of(layout.head()));
    schedule.addAll(reversed(layers));
    after.forEach(block -> schedule.add(List.of(block)));
    return new PassSchedule(layout.embedding(), layout.decoderLayers().get(0), schedule);
  }

  int size() {
    return entries.size();
  }

  List<Block> at(int position) {
    return entries.get(position);
  }

  /** Where the backward pass completes a block's gradient. The embedding's needs no weights. */
  int completes(Block block) {
    Block at = block.equals(embedding) ? firstLayer : block;
    int last = entries.size() - 1;
    while (!entries.get(last).contains(at)) {
      last--;
    }
    return last;
  }

  /** Layers, each with its adapters if these train. */
  private static List<List<Block>> layers(Layout layout, boolean adapted) {
    List<List<Block>> layers = new ArrayList<>();
    for (int i = 0; i < layout.decoderLayers().size(); i++) {
      Block layer = layout.decoderLayers().get(i);
      layers.add(adapted ? List.of(layer, layout.adapters().get(i)) : List.of(layer));
    }
    return layers;
  }

  private static <T> List<T> reversed(List<T> blocks) {
    List<T> reversed = new ArrayList<>();
    for (int i = blocks.size() - 1; i >= 0; i--) {
      reversed.add(blocks.get(i));
    }
    return reversed;
  }
}
