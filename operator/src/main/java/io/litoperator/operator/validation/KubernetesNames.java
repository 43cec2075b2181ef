package io.litoperator.operator.validation;

import java.util.regex.Pattern;

/** The forms that Kubernetes asks of names. */
final class KubernetesNames {
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern QUALIFIED =
      Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
  private static final Pattern ENVIRONMENT = Pattern.compile("[-._a-zA-Z][-._a-zA-Z0-9]*");
  private static final Pattern ENTRY = Pattern.compile("(?!\\.\\.?$)[-._a-zA-Z0-9]{1,253}");
  private static final int LONGEST_SUBDOMAIN = 253;

  private KubernetesNames() {}

  /** Of volumes and containers. */
  static boolean isDnsLabel(String name) {
    return name != null && LABEL.matcher(name).matches();
  }

  /** Of most objects. */
  static boolean isDnsSubdomain(String name) {
    return name != null && name.length() <= LONGEST_SUBDOMAIN && SUBDOMAIN.matcher(name).matches();
  }

  /** Of labels, annotations and node selectors: {@code name} or {@code domain/name}. */
  static boolean isKey(String key) {
    int slash = key.indexOf('/');
    return QUALIFIED.matcher(key.substring(slash + 1)).matches()
        && (slash < 0 || isDnsSubdomain(key.substring(0, slash)));
  }

  static boolean isLabelValue(String value) {
    return value != null && (value.isEmpty() || QUALIFIED.matcher(value).matches());
  }

  /** Of entries in ConfigMaps and Secrets. */
  static boolean isEntry(String key) {
    return key != null && ENTRY.matcher(key).matches();
  }

  static boolean isEnvironmentVariable(String name) {
    return name != null && ENVIRONMENT.matcher(name).matches();
  }
}
