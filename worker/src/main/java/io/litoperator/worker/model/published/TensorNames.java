package io.litoperator.worker.model.published;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A way to name a model's tensors. Each is a table of prefixes, theirs beside ours; a name follows
 * the longest prefix that it starts with.
 */
public enum TensorNames {
  /** llava-hf's, as transformers up to 4.51 uses them: ours. */
  HUGGINGFACE(
      same("language_model."),
      same("vision_tower."),
      same("multi_modal_projector."),
      same("image_newline")),
  /** Of the modules of transformers from 4.52 on; its {@code save_pretrained} may write them. */
  TRANSFORMERS(
      pair("model.language_model.", "language_model.model."),
      pair("lm_head.", "language_model.lm_head."),
      pair("model.vision_tower.", "vision_tower."),
      pair("model.multi_modal_projector.", "multi_modal_projector."),
      pair("model.image_newline", "image_newline")),
  /** Of LLaVA and LLaVA-NeXT, whose classes extend the language model's. */
  LIUHAOTIAN(
      pair("model.", "language_model.model."),
      pair("lm_head.", "language_model.lm_head."),
      pair("model.vision_tower.vision_tower.", "vision_tower."),
      pair("model.mm_projector.0.", "multi_modal_projector.linear_1."),
      pair("model.mm_projector.2.", "multi_modal_projector.linear_2."),
      pair("model.image_newline", "image_newline")),
  /** Of TinyLLaVA_Factory. */
  TINYLLAVA(
      same("language_model."),
      pair("vision_tower._vision_tower.", "vision_tower."),
      pair("connector._connector.0.", "multi_modal_projector.linear_1."),
      pair("connector._connector.2.", "multi_modal_projector.linear_2.")),
  /** Of a language model alone. */
  LANGUAGE_MODEL(
      pair("model.", "language_model.model."), pair("lm_head.", "language_model.lm_head.")),
  /** Of a vision tower alone. */
  VISION_TOWER(pair("vision_model.", "vision_tower.vision_model."));

  private record Prefix(String theirs, String ours) {}

  private final List<Prefix> prefixes;

  TensorNames(Prefix... prefixes) {
    this.prefixes = List.of(prefixes);
  }

  private static Prefix same(String prefix) {
    return new Prefix(prefix, prefix);
  }

  private static Prefix pair(String theirs, String ours) {
    return new Prefix(theirs, ours);
  }

  /**
   * How a whole model's tensors are named.
   *
   * @return empty if no way names most of them
   */
  public static Optional<TensorNames> of(Collection<String> names) {
    return Arrays.stream(new TensorNames[] {HUGGINGFACE, TRANSFORMERS, LIUHAOTIAN, TINYLLAVA})
        .max(Comparator.comparingLong(way -> way.score(names)))
        .filter(way -> 2 * way.understood(names) > names.size());
  }

  private long understood(Collection<String> names) {
    return names.stream().filter(name -> ours(name).isPresent()).count();
  }

  /** A name counts by the prefix it has: {@code model.} alone says less than a longer one. */
  private long score(Collection<String> names) {
    return names.stream()
        .mapToLong(name -> longest(name, Prefix::theirs).map(p -> p.theirs().length()).orElse(0))
        .sum();
  }

  /** Our name of a tensor; empty if these names have no such tensor. */
  public Optional<String> ours(String theirs) {
    return longest(theirs, Prefix::theirs)
        .map(p -> p.ours() + theirs.substring(p.theirs().length()));
  }

  /** Their name of a tensor of ours; empty if their models have no such tensor. */
  public Optional<String> theirs(String ours) {
    return longest(ours, Prefix::ours).map(p -> p.theirs() + ours.substring(p.ours().length()));
  }

  private Optional<Prefix> longest(String name, Function<Prefix, String> side) {
    return prefixes.stream()
        .filter(prefix -> name.startsWith(side.apply(prefix)))
        .max(Comparator.comparingInt(prefix -> side.apply(prefix).length()));
  }
}
