package io.litoperator.examples.quickstart;

import java.util.Comparator;
import java.util.List;

/**
 * What a picture shows: things that differ in name, frame colour and position.
 *
 * @param things in reading order
 */
record Scene(List<Thing> things) {
  Scene {
    things = things.stream().sorted(Comparator.comparing(Thing::position)).toList();
  }

  /** An object in a frame in a cell of the grid. */
  record Thing(String name, Color color, Position position) {}

  List<String> names() {
    return things.stream().map(Thing::name).toList();
  }
}
