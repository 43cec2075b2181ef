package io.litoperator.worker.plan.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** What the resource has and this worker cannot do yet. Who builds a thing deletes its line. */
final class NotYetBuilt {
  private static final Set<String> TASKS = Set.of("answers", "pope", "chair", "visualContribution");

  private static final String REMOTE = "only paths on this machine are built yet; give a path";

  /**
   * @param path of the field; {@code [*]} stands for all items of a list
   * @param asksForIt whether a value of the field needs what is missing
   */
  private record Gap(String path, Predicate<JsonNode> asksForIt, String text) {}

  private static final List<Gap> GAPS =
      List.of(
          new Gap("spec.model.languageModel.source", NotYetBuilt::remote, REMOTE),
          new Gap("spec.model.visionTower.source", NotYetBuilt::remote, REMOTE),
          new Gap("spec.model.from", NotYetBuilt::remote, REMOTE),
          new Gap("spec.pretrain.dataset[*].annotations", NotYetBuilt::remote, REMOTE),
          new Gap("spec.pretrain.dataset[*].images", NotYetBuilt::remote, REMOTE),
          new Gap("spec.finetune.dataset[*].annotations", NotYetBuilt::remote, REMOTE),
          new Gap("spec.finetune.dataset[*].images", NotYetBuilt::remote, REMOTE),
          new Gap("spec.evaluate.tasks[*].data", NotYetBuilt::remote, REMOTE),
          new Gap("spec.evaluate.tasks[*].images", NotYetBuilt::remote, REMOTE),
          new Gap("spec.checkpoints.destination", NotYetBuilt::remote, REMOTE),
          new Gap("spec.data.cache", present(), "not built yet; remove it"),
          new Gap("spec.model.images.aspect", is("anyres"), "anyres is not built yet; use pad"),
          new Gap("spec.pretrain.dataset[*].weight", isNot(1), "other than 1 is not built yet"),
          new Gap("spec.finetune.dataset[*].weight", isNot(1), "other than 1 is not built yet"),
          new Gap("spec.finetune.lora", present(), "not built yet; remove it"),
          new Gap(
              "spec.finetune.objective.templates.mine", present(), "not built yet; use builtin"),
          new Gap(
              "spec.finetune.objective.templates.configMapKeyRef",
              present(),
              "not built yet; use builtin"),
          new Gap("spec.evaluate.on[*]", is("checkpoint"), "checkpoint is not built yet; use end"),
          new Gap("spec.evaluate.judge", present(), "not built yet; remove it"),
          new Gap(
              "spec.evaluate.tasks[*].name",
              name -> !TASKS.contains(name.asText()),
              "this task is not built yet; use answers, pope, chair or visualContribution"),
          new Gap("spec.precision", is("bf16"), "bf16 is not built yet; use fp32"),
          new Gap(
              "spec.sharding",
              value -> !value.asText().equals("none"),
              "other than none is not built yet"),
          new Gap("spec.topology.device", is("cuda"), "cuda is not built yet; use cpu"),
          new Gap(
              "spec.topology.nodes", isNot(1), "above 1 needs a cluster, which is not built yet"),
          new Gap("spec.recovery.inPlace", is("false"), "false is not built yet; remove it"),
          new Gap("spec.recovery.rules", rules -> !rules.isEmpty(), "not built yet; remove them"));

  private NotYetBuilt() {}

  static List<Problem> problems(JsonNode job) {
    List<Problem> problems = new ArrayList<>();
    for (Gap gap : GAPS) {
      find(job, "", gap.path(), gap, problems);
    }
    return problems;
  }

  private static void find(
      JsonNode node, String at, String remaining, Gap gap, List<Problem> problems) {
    if (remaining.isEmpty()) {
      if (gap.asksForIt().test(node)) {
        problems.add(new Problem(at, gap.text()));
      }
    } else if (remaining.startsWith("[*]")) {
      String rest = remaining.substring(3).replaceFirst("^\\.", "");
      for (int i = 0; i < node.size(); i++) {
        find(node.get(i), at + "[" + i + "]", rest, gap, problems);
      }
    } else {
      String name = remaining.split("[.\\[]", 2)[0];
      String rest = remaining.substring(name.length()).replaceFirst("^\\.", "");
      if (node.has(name)) {
        find(node.get(name), Schema.child(at, name), rest, gap, problems);
      }
    }
  }

  private static boolean remote(JsonNode source) {
    return source.asText().contains("://");
  }

  private static Predicate<JsonNode> present() {
    return value -> true;
  }

  private static Predicate<JsonNode> is(String text) {
    return value -> value.asText().equals(text);
  }

  private static Predicate<JsonNode> isNot(double number) {
    return value -> value.asDouble() != number;
  }
}
