package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds COCO's objects in captions as published CHAIR does: by its table of synonyms, and by rules
 * for pairs of words, so that a passenger train is a train and a home plate no plate.
 *
 * <p>Plurals are undone by rules; the reference asks a library, so that rare words may differ.
 */
final class CocoObjects {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}'-]*");
  private static final int LONGEST_NAME = 3;

  /** In place of the object that a pair's second word would be. */
  private static final String NONE = "";

  private static final Map<String, String> PAIRS =
      Map.of("home plate", NONE, "train track", NONE, "bow tie", "tie", "toilet seat", "toilet");

  private static final Set<String> YOUNG_OR_ADULT = Set.of("baby", "adult");
  private static final Set<String> ANIMALS =
      Set.of(
          "bird",
          "cat",
          "dog",
          "horse",
          "sheep",
          "cow",
          "elephant",
          "bear",
          "zebra",
          "giraffe",
          "animal",
          "cub");
  private static final Set<String> VEHICLES = Set.of("jet", "train");

  private static final Map<String, String> PLURALS =
      Map.ofEntries(
          Map.entry("men", "man"),
          Map.entry("women", "woman"),
          Map.entry("children", "child"),
          Map.entry("people", "person"),
          Map.entry("geese", "goose"),
          Map.entry("mice", "mouse"),
          Map.entry("oxen", "ox"),
          Map.entry("feet", "foot"),
          Map.entry("teeth", "tooth"));

  private final Map<String, String> categories;

  private CocoObjects(Map<String, String> categories) {
    this.categories = Map.copyOf(categories);
  }

  /**
   * Reads the published table: a category a line, its name first, then its synonyms, with commas
   * between.
   *
   * @throws Failure INPUT_MISSING or BAD_DATA, naming the file
   */
  static CocoObjects read(Path table) {
    Map<String, String> categories = new HashMap<>();
    try {
      for (String line : Files.readAllLines(table)) {
        List<String> names =
            Stream.of(line.split(",")).map(Vocabulary::name).filter(n -> !n.isEmpty()).toList();
        names.forEach(name -> categories.putIfAbsent(name, names.get(0)));
      }
    } catch (IOException e) {
      throw new Failure(
          ExitCode.ofReading(table, e),
          "The table of synonyms %s cannot be read: %s.".formatted(table, e.getMessage()),
          e);
    }
    if (categories.isEmpty()) {
      throw new Failure(ExitCode.BAD_DATA, table + " holds no synonyms; get the table again.");
    }
    return new CocoObjects(categories);
  }

  /** The category that an object belongs to, or its own name. */
  String category(String object) {
    String name = Vocabulary.name(object);
    return categories.getOrDefault(name, name);
  }

  /** The category of each mention, in order, with repetitions. */
  List<String> mentions(String caption) {
    List<String> words =
        WORD.matcher(AnswerText.lower(caption)).results().map(MatchResult::group).toList();
    boolean seatOfToilet = has(words, "toilet") && has(words, "seat");
    List<String> mentions = new ArrayList<>();
    for (int at = 0; at < words.size(); ) {
      int length = Math.min(LONGEST_NAME, words.size() - at);
      Optional<String> found = Optional.empty();
      while (length > 0 && found.isEmpty()) {
        found = object(words.subList(at, at + length--));
      }
      boolean isSeat = words.get(at).matches("seats?");
      found.filter(o -> !o.equals(NONE) && !(isSeat && seatOfToilet)).ifPresent(mentions::add);
      at += found.isPresent() ? length + 1 : 1;
    }
    return mentions;
  }

  private static boolean has(List<String> words, String word) {
    return words.stream().anyMatch(w -> singulars(w).contains(word));
  }

  private Optional<String> object(List<String> words) {
    String before = String.join(" ", words.subList(0, words.size() - 1));
    for (String last : singulars(words.get(words.size() - 1))) {
      String name = before.isEmpty() ? last : before + " " + last;
      boolean qualified =
          YOUNG_OR_ADULT.contains(before) && ANIMALS.contains(last)
              || before.equals("passenger") && VEHICLES.contains(last);
      if (PAIRS.containsKey(name)) {
        return Optional.of(PAIRS.get(name));
      }
      String category = categories.get(qualified ? last : name);
      if (category != null) {
        return Optional.of(category);
      }
    }
    return Optional.empty();
  }

  /** What a word may be the plural of, itself first. */
  private static Set<String> singulars(String word) {
    Set<String> forms = new LinkedHashSet<>();
    forms.add(word);
    Optional.ofNullable(PLURALS.get(word)).ifPresent(forms::add);
    if (word.endsWith("ies")) {
      forms.add(word.substring(0, word.length() - 3) + "y");
    }
    if (word.endsWith("ves")) {
      forms.add(word.substring(0, word.length() - 3) + "f");
      forms.add(word.substring(0, word.length() - 3) + "fe");
    }
    if (word.endsWith("es")) {
      forms.add(word.substring(0, word.length() - 2));
    }
    if (word.endsWith("s")) {
      forms.add(word.substring(0, word.length() - 1));
    }
    return forms;
  }
}
