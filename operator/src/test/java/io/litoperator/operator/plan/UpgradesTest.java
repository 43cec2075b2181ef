package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.progress.Activity;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What Pods run after an upgrade of the operator: its image and its defaults are others. */
class UpgradesTest {
  private static final String OLD = "worker:old reads job-0123456789, known by job";
  private static final String TEMPLATES =
      "finetune: {objective: {templates: {configMapKeyRef: {name: ours, key: a.txt}}}}";

  static Stream<Arguments> happenings() {
    return Stream.of(
        row("nothing", true, UnaryOperator.identity()),
        row("one Pod is lost", true, scene -> scene.exit(1, 71)),
        row("the first is lost", true, scene -> scene.exit(0, 71)),
        row("one is deleted", true, scene -> scene.delete(1)),
        row("one is gone", true, scene -> scene.lose(1)),
        row("both, one after the other", true, UpgradesTest::oneAfterTheOther),
        row("both at once", false, scene -> scene.exit(0, 76).exit(1, 71)),
        row("the other soon after", false, scene -> scene.exit(1, 71).carryOut().exit(0, 76)),
        row("resized", false, scene -> stopped(scene.spec("topology: {ranksPerNode: 2}"))),
        row(
            "suspended and resumed",
            false,
            scene -> stopped(scene.spec("suspend: true")).carryOut().spec("suspend: false")));
  }

  private static Arguments row(String name, boolean old, UnaryOperator<Scene> happening) {
    return arguments(named(name, happening), old);
  }

  private static Scene oneAfterTheOther(Scene scene) {
    scene.exit(1, 71).carryOut().carryOut().run(1).step("finetune", 1).carryOut();
    return scene.exit(0, 71);
  }

  private static Scene stopped(Scene scene) {
    return scene.carryOut().report(Activity.STOPPED).exit(0, 75).exit(1, 75);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("happenings")
  void aGangRunsOneEdition(UnaryOperator<Scene> happening, boolean old) {
    Scene scene = happening.apply(upgraded(Scene.training(TEMPLATES)));
    scene.carryOut().settle().carryOut().carryOut();

    List<String> editions = scene.podsThere().stream().map(UpgradesTest::edition).toList();
    assertThat(editions).hasSize(2);
    if (old) {
      assertThat(editions).containsOnly(OLD);
    } else {
      assertThat(editions).doesNotContain(OLD).allMatch(editions.get(0)::equals);
    }
  }

  /** The Pods that are there are an older operator's. */
  private static Scene upgraded(Scene scene) {
    for (int index = 0; index < 2; index++) {
      scene.edit(
          index,
          pod ->
              pod.editSpec()
                  .editFirstContainer()
                  .withImage("worker:old")
                  .endContainer()
                  .editFirstVolume()
                  .editProjected()
                  .editFirstSource()
                  .editConfigMap()
                  .withName("job-0123456789")
                  .endConfigMap()
                  .endSource()
                  .endProjected()
                  .endVolume()
                  .endSpec());
    }
    return mount(scene, "job");
  }

  /** Their token is in this Secret. */
  static Scene mount(Scene scene, String secret) {
    for (int index = 0; index < 2; index++) {
      scene.edit(
          index,
          pod ->
              pod.editSpec()
                  .editFirstVolume()
                  .editProjected()
                  .editMatchingSource(source -> source.hasSecret())
                  .editSecret()
                  .withName(secret)
                  .endSecret()
                  .endSource()
                  .endProjected()
                  .endVolume()
                  .endSpec());
    }
    return scene;
  }

  static String secret(Pod pod) {
    return pod.getSpec().getVolumes().get(0).getProjected().getSources().stream()
        .filter(source -> source.getSecret() != null)
        .map(source -> source.getSecret().getName())
        .findFirst()
        .orElseThrow();
  }

  private static String edition(Pod pod) {
    return pod.getSpec().getContainers().get(0).getImage()
        + " reads "
        + pod.getSpec()
            .getVolumes()
            .get(0)
            .getProjected()
            .getSources()
            .get(0)
            .getConfigMap()
            .getName()
        + ", known by "
        + secret(pod);
  }
}
