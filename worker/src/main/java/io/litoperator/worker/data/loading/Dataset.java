package io.litoperator.worker.data.loading;

import io.litoperator.worker.data.Inspection;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.data.annotations.Annotation;
import io.litoperator.worker.data.labels.LabelledPrompt;
import io.litoperator.worker.data.labels.Labeller;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.DatasetPlan;
import java.nio.file.Path;
import java.util.List;

/**
 * The samples of one or more data sets, one after another, each made when asked for. Safe for use
 * by several threads.
 */
public final class Dataset implements AutoCloseable {
  private final Conversations conversations;
  private final Labeller labeller;
  private final Pictures pictures;

  private Dataset(Conversations conversations, Labeller labeller, Pictures pictures) {
    this.conversations = conversations;
    this.labeller = labeller;
    this.pictures = pictures;
  }

  /**
   * Opens data sets; samples are not checked yet.
   *
   * @throws Failure if an annotation file is missing or not JSON, or an image folder is missing
   */
  public static Dataset open(List<DatasetPlan> plans, Labeller labeller, Pictures pictures) {
    return new Dataset(Conversations.open(plans), labeller, pictures);
  }

  public int size() {
    return conversations.size();
  }

  /** By sample: words, at least 1; negative without a picture. What the sampler groups by. */
  public int[] modalityLengths() {
    return conversations.modalityLengths();
  }

  /**
   * Makes a sample.
   *
   * @throws Failure naming file, line and id if the sample or its picture cannot be used
   */
  public Sample load(int index) {
    Annotation annotation = conversations.read(index);
    LabelledPrompt labelled = labeller.label(annotation);
    List<Pixels> pixels =
        conversations.pictures(index, annotation).stream()
            .limit(labelled.images())
            .map(picture -> read(picture, annotation))
            .toList();
    return new Sample(annotation.id(), labelled.tokens(), labelled.fates(), pixels);
  }

  /**
   * Shows a sample, also one that cannot be trained on.
   *
   * @throws Failure if the sample breaks the format of annotations
   */
  public Inspection inspect(int index) {
    Annotation annotation = conversations.read(index);
    LabelledPrompt labelled = labeller.explain(annotation);
    return new Inspection(
        annotation.id(),
        labeller.objective(),
        conversations.pictures(index, annotation),
        labelled.tokenTexts(),
        labelled.refusal());
  }

  @Override
  public void close() {
    conversations.close();
  }

  private Pixels read(Path picture, Annotation annotation) {
    try {
      return pictures.read(picture);
    } catch (Failure e) {
      throw new Failure(e.exitCode(), annotation.place() + ": " + e.getMessage(), e);
    }
  }
}
