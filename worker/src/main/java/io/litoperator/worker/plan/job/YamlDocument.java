package io.litoperator.worker.plan.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.api.job.Problem;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.StringReader;
import java.math.BigInteger;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A YAML mapping as a JSON tree that remembers lines. Keys are taken as text, whatever YAML would
 * make of them, so that {@code on} is a field's name.
 *
 * @param file named in sentences
 * @param lines of fields and items, by path; the first line is 1
 */
record YamlDocument(String file, ObjectNode root, Map<String, Integer> lines) {

  /**
   * @throws Failure with {@code INVALID} and the line, if the text is not one YAML mapping
   */
  static YamlDocument parse(String file, String text) {
    try {
      Node node = new Yaml(new LoaderOptions()).compose(new StringReader(text));
      if (!(node instanceof MappingNode mapping)) {
        throw new Failure(
            ExitCode.INVALID,
            "%s: a job must be a YAML mapping with apiVersion, kind, metadata and spec."
                .formatted(file));
      }
      var reader = new Reader(file);
      return new YamlDocument(file, reader.object(mapping, ""), Map.copyOf(reader.lines));
    } catch (MarkedYAMLException e) {
      throw notYaml("%s:%d".formatted(file, line(e.getProblemMark())), e.getProblem(), e);
    } catch (YAMLException | IllegalArgumentException e) {
      // SnakeYAML refuses some tags, whose escapes it has decoded, by the latter.
      throw notYaml(file, e.getMessage(), e);
    }
  }

  private static Failure notYaml(String place, String why, RuntimeException cause) {
    String oneLine = why.replaceAll("\\s+", " ").strip().replaceAll("\\.+$", "");
    return new Failure(ExitCode.INVALID, "%s: not YAML: %s.".formatted(place, oneLine), cause);
  }

  /** The problem with file and line: the field's own, or that of the nearest field around it. */
  String sentence(Problem problem) {
    String at = problem.path();
    while (!at.isEmpty() && !lines.containsKey(at)) {
      at = at.substring(0, Math.max(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))));
    }
    String field = problem.path().isEmpty() ? "the job" : problem.path();
    return "%s:%d: %s: %s.".formatted(file, lines.getOrDefault(at, 1), field, problem.text());
  }

  private static int line(Mark mark) {
    return mark == null ? 1 : mark.getLine() + 1;
  }

  /** Turns nodes into JSON and notes where they are. */
  private static final class Reader {
    private final String file;
    private final Map<String, Integer> lines = new HashMap<>();
    private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Scalars scalars = new Scalars();

    Reader(String file) {
      this.file = file;
    }

    ObjectNode object(MappingNode mapping, String path) {
      enter(mapping);
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      for (NodeTuple tuple : mapping.getValue()) {
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
          throw refused(tuple.getKeyNode(), "a field's name must be plain text");
        }
        String name = key.getValue();
        if (object.has(name)) {
          throw refused(key, "the field '" + name + "' is given twice; remove one");
        }
        String field = path.isEmpty() ? name : path + "." + name;
        lines.put(field, line(key.getStartMark()));
        object.set(name, value(tuple.getValueNode(), field));
      }
      open.remove(mapping);
      return object;
    }

    private ArrayNode array(SequenceNode sequence, String path) {
      enter(sequence);
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      for (Node node : sequence.getValue()) {
        String item = path + "[" + array.size() + "]";
        lines.put(item, line(node.getStartMark()));
        array.add(value(node, item));
      }
      open.remove(sequence);
      return array;
    }

    private JsonNode value(Node node, String path) {
      if (node instanceof MappingNode mapping) {
        return object(mapping, path);
      }
      return node instanceof SequenceNode sequence
          ? array(sequence, path)
          : scalars.value((ScalarNode) node);
    }

    private void enter(Node node) {
      if (!open.add(node)) {
        throw refused(node, "an anchor contains itself");
      }
    }

    private Failure refused(Node node, String why) {
      return new Failure(
          ExitCode.INVALID, "%s:%d: %s.".formatted(file, line(node.getStartMark()), why));
    }
  }

  /** YAML's own reading of booleans and numbers; everything else is text. */
  private static final class Scalars extends SafeConstructor {
    Scalars() {
      super(new LoaderOptions());
    }

    JsonNode value(ScalarNode node) {
      var json = JsonNodeFactory.instance;
      Object value =
          textual(node.getTag()) ? node.getValue() : getConstructor(node).construct(node);
      if (value == null) {
        return json.nullNode();
      }
      if (value instanceof Boolean flag) {
        return json.booleanNode(flag);
      }
      if (value instanceof Integer number) {
        return json.numberNode(number);
      }
      if (value instanceof BigInteger number) {
        return json.numberNode(number);
      }
      if (value instanceof Double number) {
        return json.numberNode(number);
      }
      return value instanceof Number number
          ? json.numberNode(number.longValue())
          : json.textNode(value.toString());
    }

    private static boolean textual(Tag tag) {
      return !Set.of(Tag.NULL, Tag.BOOL, Tag.INT, Tag.FLOAT).contains(tag);
    }
  }
}
