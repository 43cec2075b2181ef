package io.litoperator.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrivilegesTest {
  private static final Optional<Long> USER = Optional.of(65532L);

  @Test
  void withoutAWordOfTheJobAPodIsRestricted() {
    PodSecurityContext pod = Privileges.ofPod(new PodSecurityContext(), USER);
    SecurityContext container = Privileges.ofContainer(new SecurityContext());

    assertThat(pod)
        .isEqualTo(
            new PodSecurityContextBuilder()
                .withRunAsNonRoot(true)
                .withRunAsUser(65532L)
                .withRunAsGroup(65532L)
                .withFsGroup(65532L)
                .withFsGroupChangePolicy("OnRootMismatch")
                .withNewSeccompProfile(null, "RuntimeDefault")
                .build());
    assertThat(container)
        .isEqualTo(
            new SecurityContextBuilder()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .build());
  }

  @Test
  void whatAJobSaysStandsAndTheRestIsTheOperators() {
    PodSecurityContext given =
        new PodSecurityContextBuilder()
            .withRunAsUser(1000L)
            .withSupplementalGroups(2000L)
            .withFsGroupChangePolicy("Always")
            .build();

    assertThat(Privileges.ofPod(given, USER))
        .isEqualTo(
            new PodSecurityContextBuilder(given)
                .withRunAsNonRoot(true)
                .withRunAsGroup(65532L)
                .withFsGroup(65532L)
                .withNewSeccompProfile(null, "RuntimeDefault")
                .build());
  }

  @Test
  void aUserOfTheClustersChoiceHasNoNumbers() {
    PodSecurityContext pod = Privileges.ofPod(new PodSecurityContext(), Optional.empty());

    assertThat(pod.getRunAsNonRoot()).isTrue();
    assertThat(pod.getRunAsUser()).isNull();
    assertThat(pod.getRunAsGroup()).isNull();
    assertThat(pod.getFsGroup()).isNull();
    assertThat(pod.getFsGroupChangePolicy()).isNull();
  }

  @Test
  void whoAsksForRootGetsItUnlessTheyRefuseItToo() {
    PodSecurityContext root = new PodSecurityContextBuilder().withRunAsUser(0L).build();
    PodSecurityContext both = new PodSecurityContextBuilder(root).withRunAsNonRoot(true).build();
    SecurityContext container = new SecurityContextBuilder().withRunAsUser(0L).build();

    assertThat(Privileges.ofPod(root, USER).getRunAsNonRoot()).isFalse();
    assertThat(Privileges.ofPod(both, USER).getRunAsNonRoot()).isTrue();
    assertThat(Privileges.ofContainer(container).getRunAsNonRoot()).isFalse();
  }

  @Test
  void aCapabilityIsAddedToNone() {
    SecurityContext given =
        new SecurityContextBuilder()
            .withNewCapabilities()
            .withAdd("IPC_LOCK")
            .endCapabilities()
            .build();

    SecurityContext made = Privileges.ofContainer(given);

    assertThat(made.getCapabilities().getAdd()).containsExactly("IPC_LOCK");
    assertThat(made.getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(made.getAllowPrivilegeEscalation()).isFalse();
  }

  @Test
  void kubernetesTakesAPrivilegedContainer() {
    SecurityContext given = new SecurityContextBuilder().withPrivileged(true).build();

    assertThat(Privileges.ofContainer(given).getAllowPrivilegeEscalation()).isTrue();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({"CAP_SYS_ADMIN, true", "SYS_ADMIN, false"})
  void kubernetesTakesTheCapabilityThatIsAllOthers(String capability, boolean escalation) {
    SecurityContext given =
        new SecurityContextBuilder()
            .withNewCapabilities()
            .withAdd(capability)
            .endCapabilities()
            .build();

    assertThat(Privileges.ofContainer(given).getAllowPrivilegeEscalation()).isEqualTo(escalation);
  }
}
