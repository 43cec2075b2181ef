package io.litoperator.api.v1alpha1;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * The javadoc of record components, by {@code Record.component}, read from the sources by the JDK's
 * own parser. A component without a {@code @param} of its own has its interface's method's text.
 */
record Descriptions(Map<String, String> texts) {

  static Descriptions ofSources(Path folder) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (Stream<Path> files = Files.list(folder);
        var fileManager = compiler.getStandardFileManager(null, null, null)) {
      var sources = fileManager.getJavaFileObjectsFromPaths(files.sorted().toList());
      var task = (JavacTask) compiler.getTask(null, fileManager, null, List.of(), null, sources);
      var scanner = new Scanner(DocTrees.instance(task));
      for (CompilationUnitTree unit : task.parse()) {
        scanner.scan(unit, null);
      }
      return new Descriptions(Map.copyOf(scanner.texts));
    }
  }

  /** Sets the description of each property that comes from a record component. */
  void describe(JSONSchemaProps schema, Class<?> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      JSONSchemaProps property = schema.getProperties().get(component.getName());
      property.setDescription(text(type, component));
      Class<?> element = element(component.getGenericType());
      if (element.isRecord()) {
        boolean many = property.getItems() != null;
        describe(many ? property.getItems().getSchema() : property, element);
      }
    }
  }

  private String text(Class<?> type, RecordComponent component) {
    return Stream.concat(Stream.of(type), Stream.of(type.getInterfaces()))
        .map(owner -> texts.get(owner.getSimpleName() + "." + component.getName()))
        .filter(text -> text != null)
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("no javadoc: " + type.getSimpleName() + component));
  }

  private static Class<?> element(Type type) {
    if (type instanceof Class<?> plain) {
      return plain;
    }
    return type instanceof ParameterizedType generic && generic.getRawType() == List.class
        ? element(generic.getActualTypeArguments()[0])
        : Object.class;
  }

  private static final class Scanner extends TreePathScanner<Void, String> {
    private final DocTrees docs;
    private final Map<String, String> texts = new HashMap<>();

    Scanner(DocTrees docs) {
      this.docs = docs;
    }

    @Override
    public Void visitClass(ClassTree type, String outer) {
      DocCommentTree comment = docs.getDocCommentTree(getCurrentPath());
      if (comment != null) {
        for (DocTree tag : comment.getBlockTags()) {
          if (tag instanceof ParamTree param) {
            put(
                type.getSimpleName().toString(),
                param.getName().toString(),
                param.getDescription());
          }
        }
      }
      return super.visitClass(type, type.getSimpleName().toString());
    }

    @Override
    public Void visitMethod(MethodTree method, String type) {
      DocCommentTree comment = docs.getDocCommentTree(getCurrentPath());
      if (comment != null) {
        put(type, method.getName().toString(), comment.getFullBody());
      }
      return super.visitMethod(method, type);
    }

    private void put(String type, String member, List<? extends DocTree> text) {
      String plain = text.stream().map(Scanner::plain).collect(Collectors.joining());
      texts.put(type + "." + member, plain.replaceAll("\\s+", " "));
    }

    private static String plain(DocTree tree) {
      if (tree instanceof LiteralTree literal) {
        return literal.getBody().toString();
      }
      return tree instanceof LinkTree link ? link.getReference().getSignature() : tree.toString();
    }
  }
}
