package io.litoperator.worker.torch;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which libtorch this process gets, and which one DJL's native binding was built for. One built for
 * another version loads too and corrupts results, so both must be known.
 *
 * @param folder of libtorch, if it is not the one that comes with the worker
 */
record Binding(Optional<Path> folder) {
  private static final String LIBRARY = "libdjl_torch.so";
  private static final String BUILT_FOR = "libdjl_torch.version";
  private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+\\.\\d+");
  private static final Pattern FLAVOR = Pattern.compile("\\+(\\w+)");

  /** Not libtorch's, or of no use outside Python. */
  private static final String EXCLUDED =
      "libjitbackend_test.so,libtorchbind_test.so,libaoti_custom_ops.so,"
          + "libbackend_with_compiler.so,libshm.so";

  /** As the environment says. */
  static Binding ofEnvironment() {
    return new Binding(
        Optional.ofNullable(System.getenv("PYTORCH_LIBRARY_PATH"))
            .filter(path -> !path.isEmpty())
            .map(Path::of));
  }

  /**
   * System properties that tell DJL what a foreign libtorch is, unless the environment does. For
   * the CPU it passes as one for CPUs: of a flavor of CUDA DJL loads more, which takes a driver.
   */
  Map<String, String> propertiesFor(Device device) {
    Map<String, String> properties = new HashMap<>();
    if (folder.isPresent()) {
      properties.put("PYTORCH_LIBRARY_EXCLUSION", EXCLUDED);
      if (hasCuda()) {
        properties.put("PYTORCH_FLAVOR", device.isCuda() ? flavor() : "cpu");
      }
      libtorch().ifPresent(version -> properties.put("PYTORCH_VERSION", version));
    }
    return properties;
  }

  /** Whether libtorch is one for GPUs; the one that comes with the worker is not. */
  boolean hasCuda() {
    return folder.filter(path -> Files.exists(path.resolve("libtorch_cuda.so"))).isPresent();
  }

  /** Of CUDA, as {@code cu130}; DJL loads CUDA's part for it. */
  private String flavor() {
    return description()
        .map(FLAVOR::matcher)
        .filter(Matcher::find)
        .map(match -> match.group(1))
        .orElse("cu");
  }

  /**
   * @param loaded what DJL takes libtorch for
   * @throws Failure {@code ACCELERATOR} unless binding and libtorch are of one version
   */
  void requireMatch(String loaded) {
    String version = version(loaded);
    String builtFor = builtFor();
    if (!builtFor.equals(version)) {
      throw new Failure(
          ExitCode.ACCELERATOR,
          "libtorch %s was found%s, but lit's binding to it is built for %s; set PYTORCH_LIBRARY_PATH to a libtorch %s, build a binding by worker/src/gpu/build-binding.sh, or unset it."
              .formatted(
                  version, folder.map(path -> " in " + path).orElse(""), builtFor, builtFor));
    }
  }

  /**
   * Of libtorch.
   *
   * @param loaded what DJL takes it for
   */
  String version(String loaded) {
    return libtorch().orElse(loaded);
  }

  private String builtFor() {
    Optional<Path> own = folder.filter(path -> Files.exists(path.resolve(LIBRARY)));
    if (own.isPresent()) {
      Path file = own.get().resolve(BUILT_FOR);
      return read(file)
          .orElseThrow(
              () ->
                  new Failure(
                      ExitCode.ACCELERATOR,
                      "%s is missing, so that nobody knows which libtorch the %s beside it is for; build that by worker/src/gpu/build-binding.sh."
                          .formatted(file, LIBRARY)));
    }
    Properties properties = new Properties();
    try (InputStream in =
        Binding.class.getClassLoader().getResourceAsStream("jnilib/pytorch.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return find(VERSION, properties.getProperty("jni_version", "")).orElse("nothing known");
  }

  /** A foreign libtorch's version, if it says so. */
  private Optional<String> libtorch() {
    return description().flatMap(text -> find(VERSION, text));
  }

  /** What a Python package or an unpacked archive of libtorch says about itself. */
  private Optional<String> description() {
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    try {
      Path package_ = folder.get().resolve("libtorch.so").toRealPath().getParent().getParent();
      return read(package_.resolve("version.py")).or(() -> read(package_.resolve("build-version")));
    } catch (IOException e) {
      throw new Failure(
          ExitCode.ACCELERATOR,
          "PYTORCH_LIBRARY_PATH is %s, which holds no libtorch.so; give the folder lib of a libtorch, or unset it."
              .formatted(folder.get()),
          e);
    }
  }

  private static Optional<String> read(Path file) {
    try {
      return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<String> find(Pattern pattern, String text) {
    return Optional.of(pattern.matcher(text)).filter(Matcher::find).map(Matcher::group);
  }
}
