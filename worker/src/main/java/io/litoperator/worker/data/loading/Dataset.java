package io.litoperator.worker.data.loading;

import io.litoperator.worker.data.Inspection;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.data.annotations.Annotation;
import io.litoperator.worker.data.annotations.StoredSample;
import io.litoperator.worker.data.image.StoredPicture;
import io.litoperator.worker.data.labels.LabelledPrompt;
import io.litoperator.worker.data.labels.Labeller;
import io.litoperator.worker.data.sampling.Draws;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.DatasetPlan;
import java.util.List;
import java.util.Optional;

/**
 * The samples of one or more data sets, one after another, each made when asked for. Safe for use
 * by several threads.
 */
public final class Dataset implements AutoCloseable {
  private final Conversations conversations;
  private final Labeller labeller;
  private final Pictures pictures;
  private final Optional<RowLimit> limit;

  private Dataset(
      Conversations conversations, Labeller labeller, Pictures pictures, Optional<RowLimit> limit) {
    this.conversations = conversations;
    this.labeller = labeller;
    this.pictures = pictures;
    this.limit = limit;
  }

  /** As below, without a limit. */
  public static Dataset open(List<DatasetPlan> plans, Labeller labeller, Pictures pictures) {
    return open(plans, labeller, pictures, Optional.empty());
  }

  /**
   * Opens data sets; samples are not checked yet.
   *
   * @param limit at which sequences are cut when their pictures have been read
   * @throws Failure if an annotation file is missing or not JSON, or an image folder is missing
   */
  public static Dataset open(
      List<DatasetPlan> plans, Labeller labeller, Pictures pictures, Optional<RowLimit> limit) {
    return new Dataset(Conversations.open(plans), labeller, pictures, limit);
  }

  public int size() {
    return conversations.size();
  }

  /** By sample: words, at least 1; negative without a picture. What the sampler groups by. */
  public int[] modalityLengths() {
    return conversations.modalityLengths();
  }

  /** How often the samples are drawn, by the weights of their data sets. */
  public Draws draws() {
    return conversations.draws();
  }

  /**
   * Makes a sample.
   *
   * @throws Failure naming file, line and id if the sample or its picture cannot be used
   */
  public Sample load(int index) {
    StoredSample stored = conversations.read(index);
    Annotation annotation = stored.annotation();
    LabelledPrompt labelled = labeller.label(annotation);
    List<Pixels> pixels =
        stored.pictures(annotation).stream()
            .limit(labelled.images())
            .map(picture -> read(picture, annotation))
            .toList();
    LabelledPrompt kept = limit.map(l -> l.cut(labelled, pixels)).orElse(labelled);
    return new Sample(
        annotation.id(), kept.tokens(), kept.fates(), pixels.subList(0, kept.images()));
  }

  /**
   * Shows a sample, also one that cannot be trained on.
   *
   * @throws Failure if the sample breaks the format of annotations
   */
  public Inspection inspect(int index) {
    StoredSample stored = conversations.read(index);
    Annotation annotation = stored.annotation();
    LabelledPrompt labelled = labeller.explain(annotation);
    return new Inspection(
        annotation.id(),
        labeller.objective(),
        stored.pictures(annotation).stream().map(Inspection.Shown::of).toList(),
        labelled.tokenTexts(),
        labelled.refusal());
  }

  @Override
  public void close() {
    conversations.close();
  }

  private Pixels read(StoredPicture picture, Annotation annotation) {
    try {
      return pictures.read(picture);
    } catch (Failure e) {
      throw new Failure(e.exitCode(), annotation.place() + ": " + e.getMessage(), e);
    }
  }
}
