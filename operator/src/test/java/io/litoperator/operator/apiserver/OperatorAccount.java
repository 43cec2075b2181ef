package io.litoperator.operator.apiserver;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.operator.access.Grant;
import io.litoperator.operator.access.Grants;
import java.util.List;

/** A user who has the rights that the operator declares, and no others. */
public final class OperatorAccount {
  private static final String USER = "lit-operator";

  private OperatorAccount() {}

  /** With the rights in a namespace of jobs; of those in other namespaces one knows nothing. */
  public static Config inJobNamespace(KubernetesClient admin, String namespace) {
    grant(admin, namespace, Grants.IN_JOB_NAMESPACES);
    return config(admin);
  }

  /** With the rights in the operator's own namespace and in the cluster. */
  public static Config inOwnNamespace(KubernetesClient admin, String namespace) {
    admin
        .resource(
            new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(USER)
                .endMetadata()
                .withRules(rules(Grants.IN_CLUSTER))
                .build())
        .serverSideApply();
    admin
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(USER)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", USER)
                .addNewSubject("rbac.authorization.k8s.io", "User", USER, null)
                .build())
        .serverSideApply();
    grant(admin, namespace, Grants.IN_OWN_NAMESPACE);
    awaitGranted(admin, null, Grants.IN_CLUSTER.get(0));
    return config(admin);
  }

  private static void grant(KubernetesClient admin, String namespace, List<Grant> grants) {
    admin
        .resource(
            new RoleBuilder()
                .withNewMetadata()
                .withName(USER)
                .withNamespace(namespace)
                .endMetadata()
                .withRules(rules(grants))
                .build())
        .create();
    admin
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withName(USER)
                .withNamespace(namespace)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "Role", USER)
                .addNewSubject("rbac.authorization.k8s.io", "User", USER, null)
                .build())
        .create();
    awaitGranted(admin, namespace, grants.get(0));
  }

  private static List<PolicyRule> rules(List<Grant> grants) {
    return grants.stream()
        .map(
            grant ->
                new PolicyRuleBuilder()
                    .withApiGroups(grant.group())
                    .withResources(grant.resource())
                    .withVerbs(List.copyOf(grant.verbs()))
                    .build())
        .toList();
  }

  /** The API server hears of what it stores by watches of its own. */
  private static void awaitGranted(KubernetesClient admin, String namespace, Grant grant) {
    await()
        .until(
            () ->
                admin
                    .resource(
                        new SubjectAccessReviewBuilder()
                            .withNewSpec()
                            .withUser(USER)
                            .withNewResourceAttributes()
                            .withNamespace(namespace)
                            .withGroup(grant.group())
                            .withResource(grant.resource())
                            .withVerb(grant.verbs().iterator().next())
                            .endResourceAttributes()
                            .endSpec()
                            .build())
                    .create()
                    .getStatus()
                    .getAllowed());
  }

  private static Config config(KubernetesClient admin) {
    return new ConfigBuilder(admin.getConfiguration()).withImpersonateUsername(USER).build();
  }
}
