package io.litoperator.operator.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.Pluralize;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;

/**
 * Has the fields that the operator set when it created an object count as applied by it. The API
 * server keeps an account for each way of writing, and a field that an apply leaves out stays while
 * another account has it, were it the same manager's. This is what client-go's {@code csaupgrade}
 * does for {@code kubectl apply --server-side}.
 */
final class CreatedFields {
  private static final JsonMapper JSON = new JsonMapper();

  private CreatedFields() {}

  /**
   * Before an apply to an object that is there.
   *
   * @throws KubernetesClientException with code 404 if it is gone, with 409 if it changes meanwhile
   */
  static void takeOver(KubernetesClient client, HasMetadata object) {
    JsonNode metadata = read(client, object).path("metadata");
    Optional<ArrayNode> accounts =
        asApplied(metadata.path("managedFields"), ActionRunner.FIELD_MANAGER);
    if (accounts.isEmpty()) {
      return;
    }
    ArrayNode patch = JsonNodeFactory.instance.arrayNode();
    patch.add(replace("/metadata/managedFields", accounts.get()));
    patch.add(replace("/metadata/resourceVersion", metadata.path("resourceVersion")));
    client.resource(object).patch(PatchContext.of(PatchType.JSON), patch.toString());
  }

  /**
   * @param accounts an object's {@code managedFields}
   * @return the same, with the manager's update and apply as one apply; empty if that is so already
   */
  static Optional<ArrayNode> asApplied(JsonNode accounts, String manager) {
    ArrayNode others = JsonNodeFactory.instance.arrayNode();
    ObjectNode own = null;
    boolean updated = false;
    for (JsonNode account : accounts) {
      if (!account.path("manager").asText().equals(manager) || account.has("subresource")) {
        others.add(account);
        continue;
      }
      updated |= account.path("operation").asText().equals("Update");
      if (own == null) {
        own = account.deepCopy();
      } else {
        unite(own.withObject("/fieldsV1"), account.path("fieldsV1"));
      }
    }
    return updated ? Optional.of(others.add(own.put("operation", "Apply"))) : Optional.empty();
  }

  /** Fields are a tree of objects whose leaves are empty. */
  private static void unite(ObjectNode fields, JsonNode more) {
    more.properties()
        .forEach(
            field -> {
              if (fields.get(field.getKey()) instanceof ObjectNode both) {
                unite(both, field.getValue());
              } else {
                fields.set(field.getKey(), field.getValue());
              }
            });
  }

  /** As it came: what the client reads leaves managed fields out. */
  private static JsonNode read(KubernetesClient client, HasMetadata object) {
    String path =
        "%s/%s/namespaces/%s/%s/%s"
            .formatted(
                object.getApiVersion().contains("/") ? "/apis" : "/api",
                object.getApiVersion(),
                object.getMetadata().getNamespace(),
                Pluralize.toPlural(object.getKind().toLowerCase(Locale.ROOT)),
                object.getMetadata().getName());
    try {
      return JSON.readTree(client.raw(path, "GET", null));
    } catch (IOException e) {
      throw new UncheckedIOException("The API server's answer is no JSON", e);
    }
  }

  private static ObjectNode replace(String path, JsonNode value) {
    ObjectNode operation = JsonNodeFactory.instance.objectNode();
    operation.put("op", "replace").put("path", path).set("value", value);
    return operation;
  }
}
