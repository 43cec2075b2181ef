package io.litoperator.worker.report.html;

import io.litoperator.worker.report.FateStyle;
import java.util.Arrays;
import java.util.List;

/** A line of the legend of label masks. */
record FateKey(String label, String meaning) {
  static List<FateKey> all() {
    return Arrays.stream(FateStyle.values())
        .map(style -> new FateKey(style.label(), style.meaning()))
        .toList();
  }
}
