package io.litoperator.examples.quickstart;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An object and where its artwork is.
 *
 * @param name one word
 * @param sheet number of the artwork's sheet
 * @param row of the sheet's single column of cells
 */
record Emoji(String name, int sheet, int row) {
  private static final int USED = 24;

  /** The objects that scenes are drawn from. */
  static List<Emoji> used() {
    return all().subList(0, USED);
  }

  /** All objects of {@code objects.csv}, in its order. */
  static List<Emoji> all() {
    try (InputStream resource = Emoji.class.getResourceAsStream("objects.csv");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
      return lines.lines().skip(1).map(Emoji::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Emoji parse(String line) {
    String[] fields = line.split(",");
    return new Emoji(fields[0], Integer.parseInt(fields[2]), Integer.parseInt(fields[3]));
  }
}
