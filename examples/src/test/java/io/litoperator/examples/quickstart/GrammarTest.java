package io.litoperator.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.examples.quickstart.Scene.Thing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import org.junit.jupiter.api.Test;

class GrammarTest {
  private static final Pattern MENTION = Pattern.compile("I see (\\S+) (\\S+) (\\S+)\\. ");
  private static final Scene SCENE =
      new Scene(
          List.of(
              new Thing("cat", Color.RED, Position.BOTTOM),
              new Thing("apple", Color.BLUE, Position.TOP_LEFT),
              new Thing("key", Color.ORANGE, Position.CENTER)));

  private final Grammar grammar = new Grammar(Scenes.NAMES);

  @Property
  @Domain(Scenes.class)
  void answersAreTrue(@ForAll Kind kind, @ForAll Scene scene, @ForAll Random random) {
    Question question = grammar.askInConversation(kind, scene, random);
    String text = MENTION.matcher(question.text()).replaceFirst("");
    assertThat(answers(text, scene)).as(text).containsExactly(question.answer());
  }

  /** Reads the question anew, knowing nothing of how it was made. */
  private static List<String> answers(String question, Scene scene) {
    String what = question.replaceAll(".* (the|any) |\\?$", "");
    if (question.startsWith("Where is the ")) {
      return select(scene, thing -> thing.name().equals(what), thing -> thing.position().word());
    }
    if (question.startsWith("What color is the ")) {
      return select(
          scene,
          thing -> what.equals(thing.name()) || what.equals(at(thing)),
          thing -> thing.color().word());
    }
    if (question.startsWith("What is the ")) {
      String which = what.replace(" thing", "");
      return select(
          scene,
          thing -> which.equals(thing.position().word()) || which.equals(thing.color().word()),
          Thing::name);
    }
    if (question.startsWith("Is there any ")) {
      return List.of(scene.names().contains(what) ? "yes" : "no");
    }
    if (question.equals("How many things are there?")) {
      return List.of(Integer.toString(scene.things().size()));
    }
    assertThat(question).isEqualTo(Grammar.CAPTION);
    List<String> parts =
        select(
            scene,
            thing -> true,
            thing -> {
              String article = thing.name().matches("[aeiou].*") ? "an" : "a";
              return "the " + thing.position().word() + " has " + article + " " + thing.name();
            });
    return List.of(String.join(", ", parts).replaceFirst("(.*), ", "$1 and "));
  }

  private static List<String> select(
      Scene scene, Predicate<Thing> which, Function<Thing, String> answer) {
    return scene.things().stream().filter(which).map(answer).toList();
  }

  private static String at(Thing thing) {
    return thing.position().word() + " " + thing.name();
  }

  @Property
  @Domain(Scenes.class)
  void mentionsAreTrueAndOfAnotherThing(
      @ForAll Kind kind, @ForAll Scene scene, @ForAll Random random) {
    Question question = grammar.askInConversation(kind, scene, random);
    Matcher mention = MENTION.matcher(question.text());
    if (mention.lookingAt()) {
      assertThat(kind.mentions()).isTrue();
      Thing mentioned =
          scene.things().stream()
              .filter(thing -> thing.name().equals(mention.group(2)))
              .findFirst()
              .orElseThrow();
      assertThat(mentioned.color().word()).isEqualTo(mention.group(1));
      assertThat(mentioned.position().word()).isEqualTo(mention.group(3));
      assertThat(question.about()).isNotEqualTo(Optional.of(mentioned));
    }
  }

  @Property
  @Domain(Scenes.class)
  void altTextTellsTheWholeScene(@ForAll Scene scene, @ForAll Random random) {
    List<String> told = new ArrayList<>();
    for (String part : grammar.altText(scene, random).split(", ")) {
      String[] words = part.split(" ");
      boolean colorFirst =
          List.of(Color.values()).stream().anyMatch(c -> c.word().equals(words[0]));
      told.add(colorFirst ? part : words[2] + " " + words[1] + " " + words[0]);
    }
    assertThat(told)
        .containsExactlyInAnyOrderElementsOf(
            select(
                scene,
                thing -> true,
                thing ->
                    thing.color().word() + " " + thing.name() + " " + thing.position().word()));
  }

  @Test
  void captionsGoInReadingOrder() {
    assertThat(grammar.ask(Kind.CAPTION, SCENE, new Random(0)).answer())
        .isEqualTo("the top-left has an apple, the center has a key and the bottom has a cat");
  }

  @Test
  void oneWordAnswersAreAskedForByTheTemplate() {
    assertThat(grammar.ask(Kind.COUNT, SCENE, new Random(0)).opening())
        .isEqualTo(
            "How many things are there?\nAnswer the question using a single word or phrase.");
    assertThat(grammar.ask(Kind.CAPTION, SCENE, new Random(0)).opening())
        .isEqualTo("Provide a one-sentence caption for the provided image.");
  }

  @Test
  void halfOfTheQuestionsWhetherSomethingIsThereHaveTheAnswerYes() {
    Random random = new Random(3);
    long yes =
        random
            .ints(4_000)
            .filter(i -> grammar.ask(Kind.EXIST, SCENE, random).answer().equals("yes"))
            .count();
    assertThat(yes).isBetween(1_870L, 2_130L); // four standard deviations
  }

  @Test
  void halfOfTheQuestionsThatMayMentionDo() {
    Random random = new Random(4);
    for (Kind kind : Kind.values()) {
      long mentions =
          random
              .ints(4_000)
              .filter(
                  i ->
                      MENTION
                          .matcher(grammar.askInConversation(kind, SCENE, random).text())
                          .lookingAt())
              .count();
      if (kind.mentions()) {
        assertThat(mentions).as(kind.label()).isBetween(1_870L, 2_130L);
      } else {
        assertThat(mentions).as(kind.label()).isZero();
      }
    }
  }
}
