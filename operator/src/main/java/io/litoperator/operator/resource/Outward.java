package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A server outside of the cluster that a job names.
 *
 * @param field of the job that does
 * @param port as it is written there, or that of the scheme; may be none
 */
public record Outward(String field, int port) {
  static final int HTTPS = 443;
  private static final int HTTP = 80;

  /** Variables that say where stores are, in small letters. */
  private static final Set<String> ENDPOINTS =
      Set.of("aws_endpoint_url", "aws_endpoint_url_s3", "aws_endpoint_url_sts", "hf_endpoint");

  /** Variables that say by which proxy stores and judges are reached, in small letters. */
  private static final Set<String> PROXIES = Set.of("http_proxy", "https_proxy", "all_proxy");

  /** Host and port of a URL; a proxy's may have no scheme. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?:https?://)?([^/?#]*?)(?::(\\d{1,9}))?(?:[/?#].*)?");

  public static List<Outward> all(LitTrainingJobSpec spec) {
    Template template = Template.of(spec.template());
    return Stream.of(judge(spec).stream(), stores(template).stream(), proxies(template).stream())
        .flatMap(servers -> servers)
        .toList();
  }

  static Optional<Outward> judge(LitTrainingJobSpec spec) {
    return References.judge(spec)
        .map(judge -> new Outward("spec.evaluate.judge.url", port(judge.url())));
  }

  static List<Outward> stores(Template template) {
    return named(template, ENDPOINTS);
  }

  static List<Outward> proxies(Template template) {
    return named(template, PROXIES);
  }

  /** Those of the addresses that variables of a template have. */
  private static List<Outward> named(Template template, Set<String> variables) {
    List<EnvVar> env = template.env();
    return IntStream.range(0, env.size())
        .filter(i -> variables.contains(env.get(i).getName().toLowerCase(Locale.ROOT)))
        .filter(i -> env.get(i).getValue() != null && !env.get(i).getValue().isBlank())
        .mapToObj(
            i -> new Outward("spec.template.env[" + i + "].value", port(env.get(i).getValue())))
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
}
