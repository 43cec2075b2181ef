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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who may talk to whom: the job's Pods to each other on all ports, as ranks choose theirs; to DNS;
 * to the operator's progress endpoint; and by HTTPS to anywhere if the job names a store outside
 * the cluster, on the port of the store's endpoint if the template's environment names one, at the
 * judge's port if it names a judge, and with either on the port of a proxy that the template's
 * environment names. Claims need nothing here: the node mounts them, not the Pod.
 */
final class Isolation {
  private static final int DNS = 53;
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  /** Variables that say where stores are, in small letters. */
  private static final Set<String> ENDPOINTS =
      Set.of("aws_endpoint_url", "aws_endpoint_url_s3", "aws_endpoint_url_sts", "hf_endpoint");

  /** Variables that say by which proxy stores and judges are reached, in small letters. */
  private static final Set<String> PROXIES = Set.of("http_proxy", "https_proxy", "all_proxy");

  /** Host and port of a URL; a proxy's may have no scheme. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?:https?://)?([^/?#]*?)(?::(\\d{1,5}))?(?:[/?#].*)?");

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
      anywhere.add(HTTPS);
      anywhere.addAll(ports(template, ENDPOINTS));
    }
    References.judge(spec).map(judge -> port(judge.url())).ifPresent(anywhere::add);
    if (!anywhere.isEmpty()) {
      anywhere.addAll(ports(template, PROXIES));
    }
    anywhere.forEach(
        number ->
            rules.add(new NetworkPolicyEgressRuleBuilder().withPorts(port("TCP", number)).build()));
    return rules;
  }

  /** Those of the addresses that variables of a template have. */
  private static List<Integer> ports(Template template, Set<String> variables) {
    return template.env().stream()
        .filter(variable -> variables.contains(variable.getName().toLowerCase(Locale.ROOT)))
        .filter(variable -> variable.getValue() != null && !variable.getValue().isBlank())
        .map(variable -> port(variable.getValue()))
        .toList();
  }

  /** Of an address that may not be one, which the worker refuses. */
  private static int port(String url) {
    Matcher address = ADDRESS.matcher(url);
    if (address.matches() && address.group(2) != null) {
      return Integer.parseInt(address.group(2));
    }
    return url.startsWith("https:") ? HTTPS : HTTP;
  }

  private static boolean outside(Sources.Source source) {
    return source.location().startsWith("hf://") || source.location().startsWith("s3://");
  }

  private static NetworkPolicyPort port(String protocol, int number) {
    return new NetworkPolicyPort(null, new IntOrString(number), protocol);
  }
}
