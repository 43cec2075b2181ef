package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.litoperator.api.job.Sources;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who may talk to whom: the job's Pods to each other on all ports, as ranks choose theirs; to DNS;
 * to the operator's progress endpoint; and by HTTPS to anywhere if the job names a store outside
 * the cluster, on the port of the store's endpoint if the template's environment names one, at the
 * judge's port if it names a judge, and with either on the port of a proxy that the template's
 * environment names. Claims need nothing here: the node mounts them, not the Pod.
 */
final class Isolation {
  private static final int DNS = 53;

  private Isolation() {}

  static NetworkPolicy policy(
      LitTrainingJobSpec spec, Template template, Ownership ownership, ResourceSettings settings) {
    LabelSelector siblings =
        new LabelSelectorBuilder().withMatchLabels(ownership.selector()).build();
    return AppliedHash.mark(
        new NetworkPolicyBuilder()
            .withMetadata(ownership.metadata(ownership.job()).build())
            .withNewSpec()
            .withPodSelector(siblings)
            .withPolicyTypes("Ingress", "Egress")
            .withIngress(
                new NetworkPolicyIngressRuleBuilder()
                    .addNewFrom()
                    .withPodSelector(siblings)
                    .endFrom()
                    .build())
            .withEgress(egress(spec, template, siblings, settings))
            .endSpec()
            .build());
  }

  private static List<NetworkPolicyEgressRule> egress(
      LitTrainingJobSpec spec,
      Template template,
      LabelSelector siblings,
      ResourceSettings settings) {
    List<NetworkPolicyEgressRule> rules = new ArrayList<>();
    rules.add(
        new NetworkPolicyEgressRuleBuilder().addNewTo().withPodSelector(siblings).endTo().build());
    // To anywhere: a cluster's DNS may be Pods, a cache on the node, or a host.
    rules.add(
        new NetworkPolicyEgressRuleBuilder().withPorts(port("UDP", DNS), port("TCP", DNS)).build());
    rules.add(
        new NetworkPolicyEgressRuleBuilder()
            .addNewTo()
            .withNewNamespaceSelector()
            .withMatchLabels(Map.of("kubernetes.io/metadata.name", settings.operatorNamespace()))
            .endNamespaceSelector()
            .withNewPodSelector()
            .withMatchLabels(settings.operatorPodLabels())
            .endPodSelector()
            .endTo()
            .withPorts(port("TCP", ResourceSettings.REPORT_PORT))
            .build());
    Set<Integer> anywhere = new TreeSet<>();
    if (Sources.of(spec).stream().anyMatch(Isolation::outside)) {
      anywhere.add(Outward.HTTPS);
      anywhere.addAll(ports(Outward.stores(template)));
    }
    Outward.judge(spec).map(Outward::port).ifPresent(anywhere::add);
    if (!anywhere.isEmpty()) {
      anywhere.addAll(ports(Outward.proxies(template)));
    }
    anywhere.forEach(
        number ->
            rules.add(new NetworkPolicyEgressRuleBuilder().withPorts(port("TCP", number)).build()));
    return rules;
  }

  private static List<Integer> ports(List<Outward> servers) {
    return servers.stream().map(Outward::port).toList();
  }

  private static boolean outside(Sources.Source source) {
    return source.location().startsWith("hf://") || source.location().startsWith("s3://");
  }

  private static NetworkPolicyPort port(String protocol, int number) {
    return new NetworkPolicyPort(null, new IntOrString(number), protocol);
  }
}
