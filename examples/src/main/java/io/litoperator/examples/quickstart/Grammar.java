package io.litoperator.examples.quickstart;

import io.litoperator.examples.quickstart.Scene.Thing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;

/** Everything that is said about scenes. */
final class Grammar {
  /** Task templates, as LLaVA's fine-tune data has them. */
  static final String SINGLE_WORD = "Answer the question using a single word or phrase.";

  static final String CAPTION = "Provide a one-sentence caption for the provided image.";

  private final List<String> names;

  /**
   * @param names of all objects that scenes are drawn from
   */
  Grammar(List<String> names) {
    this.names = List.copyOf(names);
  }

  /** A pretraining caption: things in random order, colour or position first. */
  String altText(Scene scene, Random random) {
    List<Thing> things = new ArrayList<>(scene.things());
    Collections.shuffle(things, random);
    return things.stream()
        .map(thing -> random.nextBoolean() ? colorFirst(thing) : positionFirst(thing))
        .collect(Collectors.joining(", "));
  }

  /** A question as evaluation asks it. */
  Question ask(Kind kind, Scene scene, Random random) {
    return switch (kind) {
      case WHERE -> {
        Thing thing = anyOf(scene.things(), random);
        yield about(thing, kind, "Where is the %s?", thing.name(), thing.position().word());
      }
      case COLOR -> {
        Thing thing = anyOf(scene.things(), random);
        String what = thing.position().word() + " " + thing.name();
        yield about(thing, kind, "What color is the %s?", what, thing.color().word());
      }
      case COLORP -> {
        Thing thing = anyOf(scene.things(), random);
        yield about(thing, kind, "What color is the %s?", thing.name(), thing.color().word());
      }
      case WHATAT -> {
        Thing thing = anyOf(scene.things(), random);
        yield about(thing, kind, "What is the %s thing?", thing.position().word(), thing.name());
      }
      case WHATON -> {
        Thing thing = anyOf(scene.things(), random);
        yield about(thing, kind, "What is the %s thing?", thing.color().word(), thing.name());
      }
      case COUNT -> {
        String count = Integer.toString(scene.things().size());
        yield new Question(kind, "How many things are there?", count, Optional.empty());
      }
      case EXIST -> random.nextBoolean() ? present(scene, random) : absent(scene, random);
      case CAPTION -> new Question(kind, CAPTION, caption(scene), Optional.empty());
    };
  }

  /** A question as conversations ask it: half of those that may do mention another thing first. */
  Question askInConversation(Kind kind, Scene scene, Random random) {
    Question question = ask(kind, scene, random);
    if (!kind.mentions() || random.nextBoolean()) {
      return question;
    }
    List<Thing> others =
        scene.things().stream()
            .filter(thing -> !question.about().equals(Optional.of(thing)))
            .toList();
    return question.after("I see " + colorFirst(anyOf(others, random)) + ". ");
  }

  private Question present(Scene scene, Random random) {
    Thing thing = anyOf(scene.things(), random);
    return about(thing, Kind.EXIST, "Is there any %s?", thing.name(), "yes");
  }

  private Question absent(Scene scene, Random random) {
    List<String> present = scene.names();
    List<String> absent = names.stream().filter(name -> !present.contains(name)).toList();
    String text = "Is there any %s?".formatted(anyOf(absent, random));
    return new Question(Kind.EXIST, text, "no", Optional.empty());
  }

  private static Question about(Thing thing, Kind kind, String format, String what, String answer) {
    return new Question(kind, format.formatted(what), answer, Optional.of(thing));
  }

  private static String caption(Scene scene) {
    List<String> parts =
        scene.things().stream()
            .map(thing -> "the " + thing.position().word() + " has " + withArticle(thing.name()))
            .toList();
    int last = parts.size() - 1;
    return String.join(", ", parts.subList(0, last)) + " and " + parts.get(last);
  }

  private static String withArticle(String name) {
    return ("aeiou".indexOf(name.charAt(0)) >= 0 ? "an " : "a ") + name;
  }

  private static String colorFirst(Thing thing) {
    return thing.color().word() + " " + thing.name() + " " + thing.position().word();
  }

  private static String positionFirst(Thing thing) {
    return thing.position().word() + " " + thing.name() + " " + thing.color().word();
  }

  private static <T> T anyOf(List<T> values, Random random) {
    return values.get(random.nextInt(values.size()));
  }
}
