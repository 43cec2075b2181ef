package io.litoperator.examples.quickstart;

import io.litoperator.examples.quickstart.Entry.Probe;
import io.litoperator.examples.quickstart.Entry.Sample;
import io.litoperator.examples.quickstart.Entry.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** All of the quickstart's conversations and questions. */
record Quickstart(
    List<Sample> pretrain,
    List<Sample> finetune,
    List<Probe> answers,
    List<Probe> pope,
    List<Probe> chair) {

  private static final String IMAGE = "<image>";
  private static final int TURNS = 4;
  private static final List<Kind> ANSWERS =
      List.of(Kind.WHERE, Kind.COLOR, Kind.COLORP, Kind.WHATAT, Kind.WHATON, Kind.COUNT);

  /**
   * How much of everything.
   *
   * @param answers questions of each kind with an open answer
   * @param pope questions whether something is there
   * @param chair captions
   */
  record Sizes(int pretrain, int finetune, int answers, int pope, int chair) {
    static final Sizes FULL = new Sizes(22_400, 1_500, 150, 450, 300);
  }

  /**
   * Draws training and evaluation data, each from a seed of its own, and no scene twice.
   *
   * @param names of the objects in the scenes
   */
  static Quickstart draw(Sizes sizes, long seed, List<String> names) {
    SceneSource scenes = new SceneSource(names);
    Grammar grammar = new Grammar(names);
    Drawing training = new Drawing(scenes, grammar, new Random(seed));
    Drawing evaluation = new Drawing(scenes, grammar, new Random(seed + 1));
    return new Quickstart(
        IntStream.range(0, sizes.pretrain).mapToObj(training::pretrain).toList(),
        IntStream.range(0, sizes.finetune).mapToObj(training::finetune).toList(),
        ANSWERS.stream().flatMap(kind -> evaluation.probes(kind, sizes.answers)).toList(),
        evaluation.probes(Kind.EXIST, sizes.pope).toList(),
        evaluation.probes(Kind.CAPTION, sizes.chair).toList());
  }

  /** Every picture, each once. */
  List<Picture> pictures() {
    List<Picture> pictures = new ArrayList<>();
    for (List<? extends Entry> entries : List.of(pretrain, finetune, answers, pope, chair)) {
      entries.forEach(entry -> pictures.add(entry.picture()));
    }
    return pictures;
  }

  private record Drawing(SceneSource scenes, Grammar grammar, Random random) {

    Sample pretrain(int index) {
      String id = "pretrain/%05d".formatted(index);
      Picture picture = picture(id);
      String altText = grammar.altText(picture.scene(), random);
      return new Sample(id, picture, List.of(new Turn("human", IMAGE), new Turn("gpt", altText)));
    }

    Sample finetune(int index) {
      String id = "finetune/%04d".formatted(index);
      Picture picture = picture(id);
      List<Turn> turns = new ArrayList<>();
      for (int i = 0; i < TURNS; i++) {
        Kind kind = Kind.draw(random);
        Question question = grammar.askInConversation(kind, picture.scene(), random);
        String text = i == 0 ? IMAGE + "\n" + question.opening() : question.text();
        turns.add(new Turn("human", text));
        turns.add(new Turn("gpt", question.answer()));
      }
      return new Sample(id, picture, turns);
    }

    Stream<Probe> probes(Kind kind, int count) {
      return IntStream.range(0, count).mapToObj(index -> probe(kind, index));
    }

    private Probe probe(Kind kind, int index) {
      String id = "evaluate/%s-%03d".formatted(kind.label(), index);
      Picture picture = picture(id);
      Scene scene = picture.scene();
      Question question = grammar.ask(kind, scene, random);
      List<String> objects = kind == Kind.CAPTION ? scene.names() : List.of();
      return new Probe(id, picture, kind.label(), question.opening(), question.answer(), objects);
    }

    private Picture picture(String id) {
      return new Picture(id + ".png", scenes.next(random), random.nextLong());
    }
  }
}
