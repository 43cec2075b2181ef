package io.litoperator.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.examples.quickstart.Scene.Thing;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import org.junit.jupiter.api.Test;

class SceneSourceTest {

  @Property
  @Domain(Scenes.class)
  void thingsDifferInEverything(@ForAll Scene scene) {
    assertThat(scene.things()).hasSizeBetween(2, 4);
    assertThat(scene.things()).extracting(Thing::name).doesNotHaveDuplicates();
    assertThat(scene.things()).extracting(Thing::color).doesNotHaveDuplicates();
    assertThat(scene.things()).extracting(Thing::position).doesNotHaveDuplicates().isSorted();
  }

  @Test
  void drawsNoSceneTwiceEvenFromTheSameSeed() {
    SceneSource scenes = new SceneSource(Scenes.NAMES);
    Set<Scene> first = draw(scenes, new Random(1), 2_000);
    Set<Scene> second = draw(scenes, new Random(1), 2_000);
    assertThat(first).hasSize(2_000).doesNotContainAnyElementsOf(second);
    assertThat(second).hasSize(2_000);
  }

  @Test
  void drawsEverythingEquallyOften() {
    SceneSource scenes = new SceneSource(Scenes.NAMES);
    List<Scene> drawn = List.copyOf(draw(scenes, new Random(2), 6_000));
    for (int count = 2; count <= 4; count++) {
      int things = count;
      assertThat(drawn.stream().filter(scene -> scene.things().size() == things).count())
          .isBetween(1_850L, 2_150L); // four standard deviations about 2,000
    }
    for (Position position : Position.values()) {
      long count =
          drawn.stream()
              .flatMap(scene -> scene.things().stream())
              .filter(thing -> thing.position() == position)
              .count();
      assertThat(count).as(position.word()).isBetween(1_820L, 2_180L); // of 18,000 things
    }
  }

  private static Set<Scene> draw(SceneSource scenes, Random random, int count) {
    Set<Scene> drawn = new HashSet<>();
    IntStream.range(0, count).forEach(i -> drawn.add(scenes.next(random)));
    return drawn;
  }
}
