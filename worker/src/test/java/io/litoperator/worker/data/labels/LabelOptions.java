package io.litoperator.worker.data.labels;

import io.litoperator.worker.data.annotations.Annotation;
import io.litoperator.worker.data.annotations.Exchange;
import io.litoperator.worker.data.annotations.Origin;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.StagePlan.LabelPlan;
import io.litoperator.worker.plan.StagePlan.Normalization;
import io.litoperator.worker.plan.StagePlan.TextOnly;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Plans and conversations for tests. */
public final class LabelOptions {
  private LabelOptions() {}

  public static ModelPlan model(int maxLength, String systemPrompt) {
    return model(maxLength, systemPrompt, ModelPlan.ConversationTemplate.VICUNA_V1);
  }

  static ModelPlan model(
      int maxLength, String systemPrompt, ModelPlan.ConversationTemplate conversation) {
    return new ModelPlan(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        conversation,
        Optional.ofNullable(systemPrompt),
        ModelPlan.ImageAspect.SQUARE,
        List.of(),
        -2,
        ModelPlan.FeatureSelect.DEFAULT,
        maxLength);
  }

  public static LabelPlan labels(Objective objective, TextOnly textOnly, List<String> templates) {
    return new LabelPlan(objective, templates, textOnly, Normalization.GLOBAL_TOKENS);
  }

  /** A conversation of questions and answers in turn, with a picture for each {@code <image>}. */
  static Annotation conversation(String... turns) {
    List<Exchange> exchanges = new ArrayList<>();
    for (int i = 0; i < turns.length; i += 2) {
      exchanges.add(new Exchange(turns[i], turns[i + 1]));
    }
    int pictures = String.join("", turns).split(Annotation.IMAGE, -1).length - 1;
    List<String> images = Collections.nCopies(pictures, "1.png");
    return new Annotation(
        new Origin(Path.of("data.json"), "line 4, sample 2", 2), "s1", images, exchanges);
  }
}
