package io.litoperator.worker.source;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which files of a source are needed; pure. */
enum Selection {
  /** All that is named. */
  EVERYTHING,
  /** A model's folder: configuration, tokenizer, weights as safetensors. */
  MODEL,
  /** As {@link #MODEL}, without the weights' content; that they exist is checked. */
  MODEL_WITHOUT_WEIGHTS;

  private static final String SINGLE = "model.safetensors";
  private static final Pattern SMALL =
      Pattern.compile(".*\\.(json|jinja|txt|model)|tokenizer\\.[a-z]+");
  private static final Pattern SHARD = Pattern.compile("model-.*\\.safetensors");
  private static final Pattern NUMBERED = Pattern.compile("model-\\d+-of-(\\d+)\\.safetensors");
  private static final Pattern PICKLE = Pattern.compile("pytorch_model.*\\.bin");
  private static final Pattern ADAPTERS = Pattern.compile("adapter_model\\.safetensors");

  /** What the worker's own checkpoints have besides what other model folders have. */
  private static final String STATE = "state.json";

  private static final String MANIFEST = "manifest.json";

  /**
   * @param paths of all files below the source
   * @param weightsMayLack whether a model without weights is one to be initialised
   * @throws Failure {@code BAD_DATA} or {@code INPUT_MISSING}, with a clause that says what they
   *     lack
   */
  List<String> of(List<String> paths, boolean weightsMayLack) {
    if (this == EVERYTHING) {
      return paths;
    }
    List<String> top = paths.stream().filter(path -> !path.contains("/")).toList();
    requireWhole(top);
    if (this == MODEL && top.contains(STATE)) {
      // Whoever uses it checks all that its manifest names.
      return top;
    }
    List<String> weights = weights(top);
    if (weights.isEmpty() && !weightsMayLack) {
      throw new Failure(
          ExitCode.INPUT_MISSING,
          "has no weights, %s or shards of it; name a model that has".formatted(SINGLE));
    }
    List<String> chosen = new ArrayList<>(matching(top, SMALL));
    if (this == MODEL) {
      chosen.addAll(weights);
    }
    return chosen;
  }

  private static void requireWhole(List<String> top) {
    if (top.contains(STATE) && !top.contains(MANIFEST)) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "is a checkpoint without %s, which was not written to its end; use another one"
              .formatted(MANIFEST));
    }
  }

  /** As {@code Weights} will look for them. */
  private static List<String> weights(List<String> top) {
    if (top.contains(SINGLE)) {
      return List.of(SINGLE);
    }
    List<String> shards = matching(top, SHARD);
    if (shards.isEmpty() && !matching(top, PICKLE).isEmpty()) {
      throw new Failure(
          ExitCode.BAD_DATA,
          ("has its weights as a Python pickle only (%s), which lit does not read; download it, have"
                  + " the program in docs/weights.md (Pickles) write them as safetensors, and name"
                  + " that folder")
              .formatted(matching(top, PICKLE).get(0)));
    }
    for (String shard : shards) {
      Matcher numbered = NUMBERED.matcher(shard);
      if (numbered.matches() && Integer.parseInt(numbered.group(1)) != shards.size()) {
        throw new Failure(
            ExitCode.INPUT_MISSING,
            "has %d of the %s shards of its weights; get the others"
                .formatted(shards.size(), numbered.group(1).replaceFirst("^0+(?=.)", "")));
      }
    }
    return shards.isEmpty() ? matching(top, ADAPTERS) : shards;
  }

  private static List<String> matching(List<String> names, Pattern pattern) {
    return names.stream().filter(name -> pattern.matcher(name).matches()).toList();
  }
}
