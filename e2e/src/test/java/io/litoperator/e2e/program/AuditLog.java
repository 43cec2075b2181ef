package io.litoperator.e2e.program;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the API server was asked for, by its own audit log: who counts writes counts all. */
public final class AuditLog {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> WRITES =
      Set.of("create", "update", "patch", "delete", "deletecollection");

  private final Path file;
  private final Path policy;

  private AuditLog(Path file, Path policy) {
    this.file = file;
    this.policy = policy;
  }

  /** A request that succeeded. */
  public record Request(String verb, String user, String resource, String namespace, String uri) {
    public boolean isWrite() {
      return WRITES.contains(verb);
    }

    /** Whether it is the endpoint's patch of a status. */
    public boolean isProgress() {
      return uri.contains("fieldManager=lit-operator-progress");
    }

    public boolean isLease() {
      return resource.equals("leases");
    }

    @Override
    public String toString() {
      return verb + " " + resource;
    }
  }

  public static AuditLog in(Path folder) {
    try {
      Path policy =
          Files.writeString(
              folder.resolve("audit-policy.yaml"),
              """
              apiVersion: audit.k8s.io/v1
              kind: Policy
              omitStages: [RequestReceived]
              rules:
              - {level: None, verbs: [get, list, watch]}
              - {level: Metadata}
              """);
      return new AuditLog(folder.resolve("audit.log"), policy);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Flags of kube-apiserver. */
  public List<String> flags() {
    return List.of("--audit-log-path=" + file, "--audit-policy-file=" + policy);
  }

  /** How many lines there are: a place to count from. */
  public long size() {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A user's successful requests after a place, by what they are. */
  public Map<String, Long> count(long from, String user, Predicate<Request> which) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .skip(from)
          .map(AuditLog::parse)
          .filter(entry -> entry.at("/responseStatus/code").asInt() < 300)
          .map(AuditLog::request)
          .filter(request -> request.user().equals(user))
          .filter(which)
          .collect(Collectors.groupingBy(Request::toString, TreeMap::new, Collectors.counting()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Request request(JsonNode entry) {
    JsonNode object = entry.path("objectRef");
    String subresource = object.path("subresource").asText("");
    return new Request(
        entry.path("verb").asText(),
        entry.at("/user/username").asText(),
        object.path("resource").asText() + (subresource.isEmpty() ? "" : "/" + subresource),
        object.path("namespace").asText(),
        entry.path("requestURI").asText());
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
