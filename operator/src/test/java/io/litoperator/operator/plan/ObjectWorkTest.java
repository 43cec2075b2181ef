package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.litoperator.operator.resource.TrustBundle;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Pods must have before them, which is either not the job's alone or never read. */
class ObjectWorkTest {
  @Test
  void theSecretIsMadeWithThePodsThatNeedItAndNotLookedForAgain() {
    Scene scene = Scene.created("");

    assertThat(secrets(scene.plan())).hasSize(1).allMatch(name -> isMounted(scene, name));
    assertThat(secrets(scene.carryOut().plan())).isEmpty();
    assertThat(secrets(Scene.training("").plan())).isEmpty();
  }

  /** Somebody may have deleted it meanwhile. */
  @Test
  void aPodsSuccessorHasItMadeAgainWithTheSameToken() {
    List<Secret> first = made(Scene.created("").plan());
    Scene scene = Scene.training("").lose(1);

    assertThat(made(scene.plan())).hasSize(1).isEqualTo(first);
  }

  @Test
  void thatItWasThereIsKnownByPodsThatAreOrHaveReported() {
    assertThat(creations(Scene.created("").plan())).noneMatch(Action.CreateSecret::wasThere);
    assertThat(creations(Scene.begun("").lose(1).plan()))
        .hasSize(1)
        .allMatch(Action.CreateSecret::wasThere);
    assertThat(creations(Scene.training("").lose(0).lose(1).plan()))
        .hasSize(1)
        .allMatch(Action.CreateSecret::wasThere);
  }

  /** Only a quota's no is then worth telling. */
  @Test
  void whatAPodWaitsForIsMadeAgain() {
    Scene scene = Scene.begun("").place(0).waiting(0, "ContainerCreating", null);
    String missing = made(Scene.created("").plan()).get(0).getMetadata().getName();
    String note = "MountVolume.SetUp failed for volume \"job\" : secret \"%s\" not found";

    assertThat(creations(scene.warned(0, "FailedMount", note.formatted(missing)).plan()))
        .hasSize(1)
        .noneMatch(Action.CreateSecret::wasThere);
    assertThat(creations(scene.warned(0, "FailedMount", note.formatted("judge")).plan())).isEmpty();
  }

  /** It belongs to the job for as long as that is there. */
  @Test
  void aGangWhoseTokenIsInAnOlderOperatorsSecretKeepsThat() {
    Scene scene = Scene.training("");
    UpgradesTest.mount(scene, "job");

    Plan plan = scene.lose(1).plan();

    assertThat(scene.planned(Action.CreatePod.class)).containsExactly("job-1");
    assertThat(secrets(plan)).isEmpty();
  }

  @ParameterizedTest(name = "{0} instead of {1}")
  @CsvSource({"ca, new", "ca,", "ca, ca"})
  void whatPodsTrustIsPutRight(String desired, String there) {
    Scene scene = Scene.training("").rotate(desired).spoilBundle(there);

    List<String> applied =
        scene.plan().actions().stream()
            .flatMap(
                action ->
                    action instanceof Action.Apply apply
                            && apply.object() instanceof ConfigMap configMap
                            && TrustBundle.is(configMap)
                        ? TrustBundle.pem(configMap).stream()
                        : Optional.<String>empty().stream())
            .toList();

    assertThat(applied).isEqualTo(desired.equals(there) ? List.of() : List.of(desired));
    assertThat(scene.carryOut().plan().actions()).noneMatch(Action.Apply.class::isInstance);
  }

  private static List<Action.CreateSecret> creations(Plan plan) {
    return plan.actions().stream()
        .filter(Action.CreateSecret.class::isInstance)
        .map(Action.CreateSecret.class::cast)
        .toList();
  }

  private static List<Secret> made(Plan plan) {
    return creations(plan).stream().map(Action.CreateSecret::secret).toList();
  }

  private static List<String> secrets(Plan plan) {
    return made(plan).stream().map(secret -> secret.getMetadata().getName()).toList();
  }

  private static boolean isMounted(Scene scene, String secret) {
    List<Pod> pods =
        scene.plan().actions().stream()
            .filter(Action.CreatePod.class::isInstance)
            .map(action -> ((Action.CreatePod) action).pod())
            .toList();
    return pods.size() == 2
        && pods.stream().allMatch(pod -> UpgradesTest.secret(pod).equals(secret));
  }
}
