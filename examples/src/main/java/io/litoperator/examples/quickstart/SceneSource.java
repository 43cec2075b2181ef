package io.litoperator.examples.quickstart;

import io.litoperator.examples.quickstart.Scene.Thing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Draws scenes, each at most once: what is drawn for evaluation was never drawn for training.
 *
 * <p>Randomness is {@link Random}'s throughout, whose algorithm is part of its specification, so
 * that every JDK makes the same data.
 */
final class SceneSource {
  private static final int FEWEST_THINGS = 2;
  private static final int MOST_THINGS = 4;

  private final List<String> names;
  private final Set<Scene> drawn = new HashSet<>();

  /**
   * @param names of the objects to draw from
   */
  SceneSource(List<String> names) {
    this.names = List.copyOf(names);
  }

  Scene next(Random random) {
    Scene scene;
    do {
      scene = draw(random);
    } while (!drawn.add(scene));
    return scene;
  }

  private Scene draw(Random random) {
    int count = FEWEST_THINGS + random.nextInt(MOST_THINGS - FEWEST_THINGS + 1);
    List<String> shuffledNames = shuffled(names, random);
    List<Color> colors = shuffled(Arrays.asList(Color.values()), random);
    List<Position> positions = shuffled(Arrays.asList(Position.values()), random);
    List<Thing> things = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      things.add(new Thing(shuffledNames.get(i), colors.get(i), positions.get(i)));
    }
    return new Scene(things);
  }

  private static <T> List<T> shuffled(List<T> values, Random random) {
    List<T> copy = new ArrayList<>(values);
    Collections.shuffle(copy, random);
    return copy;
  }
}
