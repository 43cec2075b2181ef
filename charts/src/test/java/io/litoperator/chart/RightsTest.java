package io.litoperator.chart;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.litoperator.operator.access.Grant;
import io.litoperator.operator.access.Grants;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The chart grants what the operator declares: no less, and no more. */
class RightsTest {
  private final Manifests everywhere = Chart.render("{}");
  private final Manifests inTwo = Chart.render("watchNamespaces: [vision, language]");

  @Test
  void allNamespacesAreGrantedByOneClusterRole() {
    assertThat(rights(clusterRole(everywhere, "lit-operator-jobs").getRules()))
        .isEqualTo(declared(Grants.IN_JOB_NAMESPACES));
    assertThat(everywhere.all(Role.class))
        .extracting(role -> role.getMetadata().getNamespace())
        .containsExactly("lit-system");
  }

  @Test
  void chosenNamespacesAreGrantedOneByOneAndNothingInTheCluster() {
    List<Role> roles =
        inTwo
            .all(Role.class)
            .filter(role -> role.getMetadata().getName().equals("lit-operator-jobs"))
            .toList();
    assertThat(roles)
        .extracting(role -> role.getMetadata().getNamespace())
        .containsExactly("vision", "language");
    assertThat(roles)
        .allSatisfy(
            role ->
                assertThat(rights(role.getRules())).isEqualTo(declared(Grants.IN_JOB_NAMESPACES)));
    assertThat(boundClusterRoles(inTwo)).containsExactly("lit-operator-token-review");
  }

  @Test
  void ownNamespaceHoldsTheLeaseAndTheCertificates() {
    Role own =
        everywhere
            .all(Role.class)
            .filter(role -> role.getMetadata().getName().equals("lit-operator"))
            .findFirst()
            .orElseThrow();
    assertThat(rights(own.getRules())).isEqualTo(declared(Grants.IN_OWN_NAMESPACE));
    assertThat(own.getRules())
        .filteredOn(rule -> !rule.getVerbs().equals(List.of("create")))
        .as("all but create is bound to a name")
        .allSatisfy(rule -> assertThat(rule.getResourceNames()).hasSize(1));
  }

  @Test
  void clusterIsGrantedTokenReviewsAlone() {
    assertThat(rights(clusterRole(everywhere, "lit-operator-token-review").getRules()))
        .isEqualTo(declared(Grants.IN_CLUSTER));
  }

  @Test
  void secretsOfJobsCanBeMadeAndNothingElse() {
    assertThat(clusterRole(everywhere, "lit-operator-jobs").getRules())
        .filteredOn(rule -> rule.getResources().contains("secrets"))
        .singleElement()
        .returns(List.of("create"), PolicyRule::getVerbs);
  }

  @Test
  void aCertificateOfCertManagersIsNotWritten() {
    assertThat(
            allRules(Chart.render("certManager: {enabled: true, issuerRef: {name: internal}}"))
                .filter(rule -> rule.getResources().contains("secrets")))
        .hasSize(4)
        .noneMatch(rule -> rule.getVerbs().contains("update"));
  }

  @Test
  void noSecretsCanBeListed() {
    assertThat(
            Stream.of(everywhere, inTwo)
                .flatMap(RightsTest::allRules)
                .filter(rule -> rule.getResources().contains("secrets")))
        .isNotEmpty()
        .noneMatch(rule -> rule.getVerbs().contains("list") || rule.getVerbs().contains("watch"));
  }

  @Test
  void nothingIsGrantedByWildcard() {
    assertThat(Stream.of(everywhere, inTwo).flatMap(RightsTest::allRules))
        .noneMatch(
            rule ->
                rule.getApiGroups().contains("*")
                    || rule.getResources().contains("*")
                    || rule.getVerbs().contains("*"));
  }

  @Test
  void everyRoleIsBoundToTheOperatorsAccount() {
    assertThat(inTwo.all(RoleBinding.class)).hasSize(3);
    assertThat(inTwo.all(RoleBinding.class))
        .allSatisfy(
            binding -> {
              assertThat(binding.getSubjects())
                  .singleElement()
                  .satisfies(
                      subject -> {
                        assertThat(subject.getKind()).isEqualTo("ServiceAccount");
                        assertThat(subject.getName()).isEqualTo("lit-operator");
                        assertThat(subject.getNamespace()).isEqualTo("lit-system");
                      });
              assertThat(inTwo.all(Role.class))
                  .anyMatch(
                      role ->
                          role.getMetadata().getName().equals(binding.getRoleRef().getName())
                              && role.getMetadata()
                                  .getNamespace()
                                  .equals(binding.getMetadata().getNamespace()));
            });
  }

  private static ClusterRole clusterRole(Manifests manifests, String name) {
    return manifests
        .all(ClusterRole.class)
        .filter(role -> role.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> boundClusterRoles(Manifests manifests) {
    return manifests
        .all(ClusterRoleBinding.class)
        .map(binding -> binding.getRoleRef().getName())
        .toList();
  }

  private static Stream<PolicyRule> allRules(Manifests manifests) {
    return Stream.concat(
        manifests.all(Role.class).flatMap(role -> role.getRules().stream()),
        manifests.all(ClusterRole.class).flatMap(role -> role.getRules().stream()));
  }

  /** One line for each right: group/resource verb. */
  private static SortedSet<String> rights(Collection<PolicyRule> rules) {
    return rules.stream()
        .flatMap(
            rule ->
                rule.getApiGroups().stream()
                    .flatMap(
                        group ->
                            rule.getResources().stream()
                                .flatMap(
                                    resource ->
                                        rule.getVerbs().stream()
                                            .map(verb -> right(group, resource, verb)))))
        .collect(toCollection(TreeSet::new));
  }

  private static SortedSet<String> declared(List<Grant> grants) {
    return grants.stream()
        .flatMap(
            grant ->
                grant.verbs().stream().map(verb -> right(grant.group(), grant.resource(), verb)))
        .collect(toCollection(TreeSet::new));
  }

  private static String right(String group, String resource, String verb) {
    return "%s/%s %s".formatted(group, resource, verb);
  }
}
