package io.litoperator.worker.model.published;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.safetensors.FloatRows;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.Weights;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Published weights under our names; nothing is read before it is asked for. */
public final class RenamedWeights {
  private static final int NAMES_IN_MESSAGE = 3;
  private static final String EMBEDDING = "language_model.model.embed_tokens.weight";
  private static final String HEAD = "language_model.lm_head.weight";
  private static final String HEAD_BIAS = "language_model.lm_head.bias";

  private final String source;
  private final Weights weights;
  private final TensorNames spelling;
  private final Map<String, String> theirs = new LinkedHashMap<>();
  private final List<String> leftOver = new ArrayList<>();
  private final List<String> passedOver = new ArrayList<>();
  private final Map<String, Grown> grown = new HashMap<>();

  /** A tensor that has got more rows, and those in fp32. */
  private record Grown(NamedTensor whole, float[] added) {
    static Grown of(NamedTensor tensor, float[][] rows) {
      NamedTensor below = NewRows.below(tensor, rows);
      FloatBuffer added = FloatBuffer.allocate(rows.length * rows[0].length);
      FloatRows.forEach(below, rows[0].length, added::put);
      return new Grown(NewRows.append(tensor, below), added.array());
    }
  }

  private RenamedWeights(String source, Weights weights, TensorNames spelling) {
    this.source = source;
    this.weights = weights;
    this.spelling = spelling;
    for (String name : weights.names()) {
      Optional<String> ours = spelling.ours(name);
      if (isBuffer(name) || spelling == TensorNames.VISION_TOWER && ours.isEmpty()) {
        passedOver.add(name);
      } else if (ours.isEmpty()) {
        leftOver.add(name);
      } else {
        theirs.put(ours.get(), name);
      }
    }
  }

  /** What older programs wrote beside parameters. */
  private static boolean isBuffer(String name) {
    return name.endsWith(".position_ids") || name.endsWith("rotary_emb.inv_freq");
  }

  /**
   * Of a whole model, in whichever of the known spellings.
   *
   * @param source for messages
   * @throws Failure {@code BAD_DATA} if the names are of no kind that is known
   */
  public static RenamedWeights ofModel(Weights weights, String source) {
    TensorNames spelling =
        TensorNames.of(weights.names())
            .orElseThrow(
                () ->
                    new Failure(
                        ExitCode.BAD_DATA,
                        "%s names its tensors in a way that is not known, such as %s; llava-hf's, LLaVA's and TinyLLaVA's are."
                            .formatted(source, first(weights.names()))));
    return new RenamedWeights(source, weights, spelling);
  }

  /** Of a language model alone. */
  public static RenamedWeights ofLanguageModel(Weights weights, String source) {
    return new RenamedWeights(source, weights, TensorNames.LANGUAGE_MODEL);
  }

  /** Of a vision tower; in a whole CLIP or SigLIP model the text half is passed over. */
  public static RenamedWeights ofTower(Weights weights, String source) {
    return new RenamedWeights(source, weights, TensorNames.VISION_TOWER);
  }

  /** How the folder names its tensors. */
  public TensorNames spelling() {
    return spelling;
  }

  /** Their names of tensors that no model needs, such as older files' buffers. */
  public List<String> passedOver() {
    return List.copyOf(passedOver);
  }

  public boolean contains(String name) {
    return theirs.containsKey(name);
  }

  /**
   * Adds rows for new tokens to the vocabulary, see {@link NewRows}; a bias of it gets zeros.
   * Nothing changes if the vocabulary does not have the rows that it is said to have, which {@link
   * #require} then finds.
   *
   * @param from rows so far
   * @param to rows afterwards
   */
  public void growVocabulary(int from, int to, long seed) {
    if (from == to || !contains(EMBEDDING) || shape(EMBEDDING)[0] != from) {
      return;
    }
    NamedTensor embedding = tensor(EMBEDDING);
    for (String name : List.of(EMBEDDING, HEAD, HEAD_BIAS)) {
      if (contains(name)) {
        float[][] rows =
            name.equals(HEAD_BIAS)
                ? new float[to - from][1]
                : NewRows.sample(embedding, to - from, 31 * seed + name.hashCode());
        grown.put(name, Grown.of(tensor(name), rows));
      }
    }
  }

  /** Sizes, outermost first. */
  public long[] shape(String name) {
    return grown.containsKey(name)
        ? grown.get(name).whole().shape()
        : weights.info(theirName(name)).shape();
  }

  /** A tensor with its content, under our name. */
  public NamedTensor tensor(String name) {
    if (grown.containsKey(name)) {
      return grown.get(name).whole();
    }
    NamedTensor tensor = weights.tensor(theirName(name));
    return new NamedTensor(name, tensor.dtype(), tensor.shape(), tensor.data());
  }

  /** See {@link Weights#read}. */
  public void read(String name, long start, long end, FloatBuffer into) {
    long own = weights.info(theirName(name)).elements();
    if (start < own) {
      weights.read(theirName(name), start, Math.min(end, own), into);
    }
    if (end > own) {
      int from = Math.toIntExact(Math.max(start, own) - own);
      into.put(grown.get(name).added(), from, Math.toIntExact(end - own) - from);
    }
  }

  /** A tensor's name in the folder. */
  public String theirName(String name) {
    return Optional.ofNullable(theirs.get(name))
        .or(() -> spelling.theirs(name))
        .orElseThrow(() -> new IllegalArgumentException(name));
  }

  /**
   * Checks that these are all of a model's tensors and nothing else.
   *
   * @param shapes by our names
   * @throws Failure {@code BAD_DATA} naming, in the folder's own spelling, what is missing, left
   *     over or of another shape
   */
  public void require(Map<String, long[]> shapes) {
    List<String> missing = new ArrayList<>();
    List<String> misshapen = new ArrayList<>();
    shapes.forEach(
        (name, shape) -> {
          if (!contains(name)) {
            missing.add(spelling.theirs(name).orElse(name));
          } else if (!Arrays.equals(shape(name), shape)) {
            misshapen.add(
                "%s is %s where the config says %s"
                    .formatted(
                        theirName(name), Arrays.toString(shape(name)), Arrays.toString(shape)));
          }
        });
    refuse("tensors of a wrong shape", misshapen);
    refuse("no tensor of the name", missing);
    passOverTiedHead(shapes.keySet());
    List<String> extra = new ArrayList<>(leftOver);
    theirs.forEach(
        (name, theirName) -> {
          if (!shapes.containsKey(name)) {
            extra.add(theirName);
          }
        });
    refuse("tensors that the config does not account for", extra);
  }

  /**
   * Where the vocabulary is tied, a file may hold the embedding twice. To be called before the
   * vocabulary grows: new rows are drawn for each tensor.
   *
   * @param names of the model's tensors
   * @throws Failure {@code BAD_DATA} if the two differ
   */
  public void passOverTiedHead(Set<String> names) {
    if (contains(HEAD) && !names.contains(HEAD) && contains(EMBEDDING)) {
      if (!SameContent.test(tensor(HEAD), tensor(EMBEDDING))) {
        throw new Failure(
            ExitCode.BAD_DATA,
            "%s: %s differs from %s, though config.json ties them; set tie_word_embeddings to false."
                .formatted(source, theirs.get(HEAD), theirs.get(EMBEDDING)));
      }
      passedOver.add(theirs.remove(HEAD));
    }
  }

  private void refuse(String what, List<String> names) {
    if (!names.isEmpty()) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s has %s: %s; weights and config.json must be of one model"
              .formatted(source, what, first(names)));
    }
  }

  private static String first(List<String> names) {
    String more =
        names.size() > NAMES_IN_MESSAGE
            ? " and %d more".formatted(names.size() - NAMES_IN_MESSAGE)
            : "";
    return names.stream().limit(NAMES_IN_MESSAGE).collect(Collectors.joining(", ")) + more;
  }
}
