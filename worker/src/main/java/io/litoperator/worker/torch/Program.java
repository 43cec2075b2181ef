package io.litoperator.worker.torch;

import ai.djl.pytorch.jni.TorchNative;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * A TorchScript class from a text resource, with its attributes set: one native call runs a method
 * of any number of operations.
 */
public final class Program implements AutoCloseable {
  private static final Pattern IMPORT = Pattern.compile("\\b__torch__\\.(\\w+)\\.");

  private final long module;

  /** Methods whose calls of others have been inlined. */
  private final Set<String> inlined = ConcurrentHashMap.newKeySet();

  private Program(long module) {
    this.module = module;
  }

  /**
   * Compiles {@code NAME.py}, which defines the class {@code NAME}. It may call functions of other
   * resources beside it as {@code __torch__.OTHER.function(...)}, and these of others; in place of
   * {@code OTHER.py}, {@code OTHERFused.py} is taken if there is one and {@link
   * Torch#hasFusedKernels}, and {@code OTHERPacked.py} if {@link Torch#packs}.
   *
   * @param owner class beside which the resource lies
   * @param attributes all that the class declares: Long, Double, Boolean or String
   */
  public static Program load(Class<?> owner, String name, Map<String, ?> attributes) {
    String code = text(owner, name);
    Map<String, String> imported = new HashMap<>();
    addImports(owner, code, imported);
    try {
      byte[] archive = TorchScriptArchive.of(name, code, imported, attributes);
      return new Program(TorchNative.loadModule(new ByteArrayInputStream(archive)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void addImports(Class<?> owner, String code, Map<String, String> imported) {
    IMPORT
        .matcher(code)
        .results()
        .map(match -> match.group(1))
        .filter(name -> !imported.containsKey(name))
        .forEach(
            name -> {
              String text = importedText(owner, name);
              imported.put(name, text);
              addImports(owner, text, imported);
            });
  }

  private static String importedText(Class<?> owner, String name) {
    String special = name + (Torch.packs() ? "Packed" : Torch.hasFusedKernels() ? "Fused" : "");
    return text(owner, owner.getResource(special + ".py") != null ? special : name);
  }

  private static String text(Class<?> owner, String name) {
    try (InputStream text = owner.getResourceAsStream(name + ".py")) {
      if (text == null) {
        throw new IllegalArgumentException("no program " + name + " beside " + owner.getName());
      }
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a method that returns one tensor. Arguments as in {@link #tensors}. */
  public Tensor tensor(String method, Object... arguments) {
    long result = run(method, arguments);
    try {
      return new Tensor(TorchNative.toTensor(result));
    } finally {
      TorchNative.deleteValue(result);
    }
  }

  /**
   * Runs a method that returns a tuple or list of tensors.
   *
   * @param arguments {@link Tensor}, {@code List<Tensor>}, {@code long[]}, Long, Integer, Double or
   *     Boolean
   */
  public Tensor[] tensors(String method, Object... arguments) {
    long result = run(method, arguments);
    try {
      return TorchNative.isTuple(result) ? tuple(result) : wrap(TorchNative.toTensors(result));
    } finally {
      TorchNative.deleteValue(result);
    }
  }

  /** Runs a method that returns a float. */
  public double number(String method, Object... arguments) {
    long result = run(method, arguments);
    try {
      return TorchNative.toDouble(result);
    } finally {
      TorchNative.deleteValue(result);
    }
  }

  /** Runs a method for its effect. */
  public void call(String method, Object... arguments) {
    TorchNative.deleteValue(run(method, arguments));
  }

  private long run(String method, Object... arguments) {
    long[] values = new long[arguments.length];
    int made = 0;
    try {
      for (; made < arguments.length; made++) {
        values[made] = value(arguments[made]);
      }
      // The first run inlines and then profiles; later ones would be optimized for its shapes.
      TorchNative.setGraphOptimizer(inlined.add(method));
      return TorchNative.run(module, method, values);
    } finally {
      for (int i = 0; i < made; i++) {
        TorchNative.deleteValue(values[i]);
      }
    }
  }

  private static long value(Object argument) {
    if (argument instanceof Tensor tensor) {
      return TorchNative.value(tensor.handle());
    }
    if (argument instanceof List<?> tensors) {
      return TorchNative.value(tensors.stream().mapToLong(t -> ((Tensor) t).handle()).toArray());
    }
    if (argument instanceof long[] numbers) {
      return TorchNative.valueOf(numbers);
    }
    if (argument instanceof Long || argument instanceof Integer) {
      return TorchNative.valueOf(((Number) argument).longValue());
    }
    if (argument instanceof Double number) {
      return TorchNative.valueOf(number.doubleValue());
    }
    if (argument instanceof Boolean flag) {
      return TorchNative.valueOf(flag.booleanValue());
    }
    throw new IllegalArgumentException("cannot pass " + argument.getClass() + " to a program");
  }

  private static Tensor[] tuple(long result) {
    long[] parts = TorchNative.toTuple(result);
    Tensor[] tensors = new Tensor[parts.length];
    for (int i = 0; i < parts.length; i++) {
      tensors[i] = new Tensor(TorchNative.toTensor(parts[i]));
      TorchNative.deleteValue(parts[i]);
    }
    return tensors;
  }

  private static Tensor[] wrap(long[] handles) {
    Tensor[] tensors = new Tensor[handles.length];
    for (int i = 0; i < handles.length; i++) {
      tensors[i] = new Tensor(handles[i]);
    }
    return tensors;
  }

  @Override
  public void close() {
    TorchNative.deleteModule(module);
  }
}
