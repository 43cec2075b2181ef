package io.litoperator.api.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What the resource has and the worker cannot do yet. Who builds a thing deletes its line. */
public final class Limits {
  private static final Set<String> TASKS =
      Set.of(
          "answers",
          "pope",
          "chair",
          "visualContribution",
          "heldOutLoss",
          "vqav2",
          "gqa",
          "scienceqa",
          "vizwiz",
          "mme",
          "mmmu",
          "mmstar",
          "chartqa",
          "textvqa",
          "docvqa",
          "ocrbench",
          "coco2017",
          "flickr30k",
          "nocaps",
          "textcaps",
          "refcoco",
          "hallusionbench",
          "mmhal");

  private static final List<String> SOURCES =
      List.of(
          "spec.model.languageModel.source",
          "spec.model.visionTower.source",
          "spec.model.from",
          "spec.pretrain.dataset[*].annotations",
          "spec.pretrain.dataset[*].images",
          "spec.finetune.dataset[*].annotations",
          "spec.finetune.dataset[*].images",
          "spec.evaluate.tasks[*].data",
          "spec.evaluate.tasks[*].images",
          "spec.checkpoints.destination",
          "spec.data.cache",
          "spec.data.features");

  /**
   * @param path of the field; {@code [*]} stands for all items of a list
   * @param asksForIt whether a value of the field needs what is missing
   */
  private record Gap(String path, Predicate<JsonNode> asksForIt, String text) {}

  private static final List<Gap> ANYWHERE =
      Stream.concat(
              sources(
                  source -> source.startsWith(HubPath.SCHEME) && HubPath.parse(source).isEmpty(),
                  "is no repository of the hub; write hf://owner/name or hf://datasets/owner/name/path"),
              Stream.of(
                  new Gap(
                      "spec.evaluate.tasks[*].name",
                      name -> !TASKS.contains(name.asText()),
                      "there is no such task; use one of "
                          + String.join(", ", new TreeSet<>(TASKS)))))
          .toList();

  private static final List<Gap> ON_A_MACHINE =
      Stream.concat(
              sources(
                  source -> source.startsWith("pvc://"),
                  "a claim needs a cluster; give a path, hf:// or s3://"),
              Stream.of(
                  new Gap("spec.topology.nodes", isNot(1), "above 1 needs a cluster; use 1"),
                  new Gap(
                      "spec.finetune.objective.templates.configMapKeyRef",
                      present(),
                      "a ConfigMap needs a cluster; use list"),
                  new Gap(
                      "spec.evaluate.judge.secretKeyRef",
                      present(),
                      "a Secret needs a cluster; remove it and set LIT_JUDGE_API_KEY in the environment"),
                  new Gap("spec.recovery.inPlace", is("false"), "false needs a cluster; remove it"),
                  new Gap(
                      "spec.recovery.rules",
                      rules -> !rules.isEmpty(),
                      "rules need a cluster; remove them")))
          .toList();

  private Limits() {}

  /**
   * What is asked for in vain.
   *
   * @param job with the CRD's defaults, and valid by its schema
   */
  public static List<Problem> problems(JsonNode job, Venue venue) {
    List<Problem> problems = new ArrayList<>();
    List<Gap> ofVenue = venue == Venue.CLUSTER ? List.of() : ON_A_MACHINE;
    Stream.concat(ofVenue.stream(), ANYWHERE.stream())
        .forEach(gap -> find(job, "", gap.path(), gap, problems));
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
        find(node.get(name), Problem.child(at, name), rest, gap, problems);
      }
    }
  }

  private static Stream<Gap> sources(Predicate<String> refused, String text) {
    return SOURCES.stream().map(path -> new Gap(path, at -> refused.test(at.asText()), text));
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
