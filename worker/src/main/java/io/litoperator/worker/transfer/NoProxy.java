package io.litoperator.worker.transfer;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What {@code no_proxy} exempts: hosts and all below them, addresses, networks as {@code
 * 10.0.0.0/8}, each with or without a port, or {@code *} for all.
 */
record NoProxy(List<String> entries) {
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  static NoProxy of(String value) {
    return new NoProxy(
        Arrays.stream(value.split("[,\\s]+"))
            .map(entry -> entry.toLowerCase(Locale.ROOT))
            .filter(entry -> !entry.isEmpty())
            .toList());
  }

  boolean matches(URI address) {
    String host = address.getHost().toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", "");
    return entries.stream().anyMatch(entry -> matches(entry, host, address.getPort()));
  }

  private static boolean matches(String entry, String host, int port) {
    if (entry.equals("*")) {
      return true;
    }
    if (entry.contains("/")) {
      return isAddress(host) && isIn(entry, host);
    }
    String domain = entry.replaceFirst("^\\*?\\.", "");
    return Stream.of(host, host + ":" + port)
        .anyMatch(
            asked -> asked.equals(domain) || (!isAddress(host) && asked.endsWith("." + domain)));
  }

  private static boolean isAddress(String host) {
    return IPV4.matcher(host).matches() || host.contains(":");
  }

  private static boolean isIn(String network, String host) {
    String[] parts = network.split("/", 2);
    if (!isAddress(parts[0]) || !parts[1].matches("\\d{1,3}")) {
      return false;
    }
    byte[] base = bytes(parts[0]);
    byte[] asked = bytes(host);
    int bits = Integer.parseInt(parts[1]);
    if (base.length != asked.length || bits > 8 * base.length) {
      return false;
    }
    for (int i = 0; i < bits; i++) {
      if (((base[i / 8] ^ asked[i / 8]) >> (7 - i % 8) & 1) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Of a literal address; no name is looked up. */
  private static byte[] bytes(String address) {
    try {
      return InetAddress.getByName(address).getAddress();
    } catch (UnknownHostException e) {
      return new byte[0];
    }
  }
}
