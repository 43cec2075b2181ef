package io.litoperator.worker.transfer;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * By which proxy an address is reached, as the environment says it: {@code http_proxy}, {@code
 * https_proxy} and {@code all_proxy}, also in capitals, and {@code no_proxy}, read as Python's
 * requests reads them.
 */
public final class Proxies {
  private static final String TUNNELING = "jdk.http.auth.tunneling.disabledSchemes";

  private final Map<String, String> environment;

  private Proxies(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Reads nothing yet: what needs no proxy does not mind a variable that has none. */
  public static Proxies of(Map<String, String> environment) {
    return new Proxies(environment);
  }

  /** One that is spoken to by HTTP. */
  public record HttpProxy(String host, int port, Optional<Login> login) {
    private static HttpProxy of(URI address) {
      return new HttpProxy(
          address.getHost(),
          address.getPort() < 0 ? 80 : address.getPort(),
          Optional.ofNullable(address.getRawUserInfo()).map(Login::of));
    }

    private Proxy forJava() {
      return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(host, port));
    }
  }

  /** Who asks. */
  public record Login(String user, String password) {
    private static Login of(String userInfo) {
      String[] parts = userInfo.split(":", 2);
      return new Login(decoded(parts[0]), parts.length < 2 ? "" : decoded(parts[1]));
    }

    private static String decoded(String part) {
      return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private String basic() {
      byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
      return "Basic " + Base64.getEncoder().encodeToString(both);
    }
  }

  /**
   * Lets proxies be told a name and a password for HTTPS too, which Java refuses of itself. To be
   * called before the process opens its first connection.
   */
  public static void allowCredentials() {
    if (System.getProperty(TUNNELING) == null) {
      System.setProperty(TUNNELING, "");
    }
  }

  /**
   * A client that goes by these proxies, for requests that are made by {@link #request}, and trusts
   * as Python's requests do.
   *
   * @throws Failure as of {@link Authorities#named}
   */
  public HttpClient.Builder client() {
    HttpClient.Builder client = HttpClient.newBuilder().proxy(new Selector());
    Authorities.named(environment, "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
        .ifPresent(authorities -> client.sslContext(authorities.context()));
    return client;
  }

  /**
   * A request that tells the proxy on its way who asks.
   *
   * @throws Failure as of {@link #to}
   */
  public HttpRequest.Builder request(URI address) {
    HttpRequest.Builder request = HttpRequest.newBuilder(address);
    to(address)
        .flatMap(HttpProxy::login)
        .ifPresent(login -> request.header("Proxy-Authorization", login.basic()));
    return request;
  }

  /**
   * The proxy to an address; empty where it is reached directly.
   *
   * @throws Failure {@code INVALID} if the variable for it has no proxy's address, or that of a
   *     proxy that is not spoken to by HTTP
   */
  public Optional<HttpProxy> to(URI address) {
    String variable = "https".equals(address.getScheme()) ? "https_proxy" : "http_proxy";
    return Named.first(environment, variable, "all_proxy")
        .filter(named -> !exempt().matches(address))
        .map(Proxies::address)
        .map(HttpProxy::of);
  }

  private NoProxy exempt() {
    return NoProxy.of(Named.first(environment, "no_proxy").map(Named::value).orElse(""));
  }

  /** A variable that is set. */
  private record Named(String name, String value) {
    /** By its small letters before its capitals. */
    private static Optional<Named> first(Map<String, String> environment, String... names) {
      return Stream.of(names)
          .flatMap(name -> Stream.of(name, name.toUpperCase(Locale.ROOT)))
          .map(name -> new Named(name, environment.getOrDefault(name, "").strip()))
          .filter(named -> !named.value().isEmpty())
          .findFirst();
    }
  }

  private static URI address(Named variable) {
    String value = variable.value();
    try {
      URI address = new URI(value.contains("://") ? value : "http://" + value);
      if ("http".equalsIgnoreCase(address.getScheme()) && address.getHost() != null) {
        return address;
      }
    } catch (URISyntaxException e) {
      // Told below.
    }
    throw new Failure(
        ExitCode.INVALID,
        "Environment variable %s is '%s', which is no HTTP proxy; write one such as http://proxy:3128."
            .formatted(variable.name(), value.replaceFirst("//[^/@]*@", "//***@")));
  }

  private final class Selector extends ProxySelector {
    @Override
    public List<Proxy> select(URI address) {
      return List.of(to(address).map(HttpProxy::forJava).orElse(Proxy.NO_PROXY));
    }

    /** The request fails by itself. */
    @Override
    public void connectFailed(URI address, SocketAddress proxy, IOException fault) {}
  }
}
