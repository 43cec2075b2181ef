package io.litoperator.worker.report.html;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Inspection;
import io.litoperator.worker.data.Inspection.TokenText;
import io.litoperator.worker.report.FateStyle;
import io.litoperator.worker.report.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Samples with what becomes of each token, the objectives' views of a sample together. */
record MaskSection(List<FateKey> fates, List<Mask> masks) {
  record Mask(String id, List<Picture> picture, List<View> views) {}

  /**
   * @param reason why the sample cannot be trained on; empty for a good one
   */
  record View(String objective, int style, String count, List<Group> groups, String reason) {}

  /** Neighbouring tokens with the same fate. */
  record Group(String fate, List<String> tokens) {}

  static MaskSection of(List<Inspection> inspections, Pictures pictures) {
    List<String> objectives =
        inspections.stream().map(one -> one.objective().label()).distinct().toList();
    Map<String, Map<String, Inspection>> samples = new LinkedHashMap<>();
    for (Inspection one : inspections) {
      samples
          .computeIfAbsent(one.id(), id -> new LinkedHashMap<>())
          .putIfAbsent(one.objective().label(), one);
    }
    List<Mask> masks = new ArrayList<>();
    samples.forEach(
        (id, views) -> {
          Inspection first = views.values().iterator().next();
          masks.add(
              new Mask(
                  id,
                  first.pictures().stream()
                      .map(picture -> pictures.embed(picture.stored()))
                      .toList(),
                  views.values().stream()
                      .map(one -> view(one, objectives.indexOf(one.objective().label())))
                      .toList()));
        });
    return new MaskSection(FateKey.all(), masks);
  }

  boolean any() {
    return !masks.isEmpty();
  }

  private static View view(Inspection inspection, int style) {
    long supervised =
        inspection.tokens().stream().filter(token -> token.fate().supervised()).count();
    return new View(
        inspection.objective().label(),
        style,
        supervised + " of " + inspection.tokens().size() + " tokens supervised",
        groups(inspection.tokens()),
        inspection.reason().orElse(""));
  }

  private static List<Group> groups(List<TokenText> tokens) {
    List<Group> groups = new ArrayList<>();
    Fate last = null;
    for (TokenText token : tokens) {
      if (token.fate() != last) {
        groups.add(new Group(FateStyle.of(token.fate()).label(), new ArrayList<>()));
        last = token.fate();
      }
      groups.get(groups.size() - 1).tokens().add(Printable.lines(token.text()));
    }
    return groups;
  }
}
