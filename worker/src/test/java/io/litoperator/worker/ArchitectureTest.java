package io.litoperator.worker;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which package may use which; the rest of the arrows are the design's. */
@AnalyzeClasses(
    packages = {"io.litoperator.worker", "ai.djl.pytorch.jni"},
    importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class ArchitectureTest {
  private static final String WORKER = "io.litoperator.worker.";

  /** By package, all that it may use. */
  private static final Map<String, Set<String>> ARROWS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("failure", Set.of()),
              Map.entry("digest", Set.of()),
              Map.entry("plan", Set.of("failure")),
              Map.entry("safetensors", Set.of("failure")),
              Map.entry("torch", Set.of("failure")),
              Map.entry("gpu", Set.of("failure", "torch")),
              Map.entry("data", Set.of("failure", "plan", "transfer")),
              Map.entry("report", Set.of("failure", "data", "plan", "transfer")),
              Map.entry(
                  "distributed", Set.of("failure", "plan", "report", "torch", "gpu", "transfer")),
              Map.entry(
                  "model",
                  Set.of("failure", "transfer", "plan", "safetensors", "torch", "gpu", "data")),
              Map.entry("sizing", Set.of("failure", "plan", "safetensors", "model")),
              Map.entry("features", Set.of()),
              Map.entry("transfer", Set.of("failure")),
              Map.entry("s3", Set.of("failure", "transfer")),
              Map.entry("hub", Set.of("failure", "transfer")),
              Map.entry("source", Set.of("failure", "plan", "transfer", "s3", "hub")),
              Map.entry(
                  "checkpoint",
                  Set.of(
                      "failure", "digest", "plan", "safetensors", "distributed", "transfer", "s3")),
              Map.entry(
                  "interchange",
                  Set.of(
                      "failure",
                      "plan",
                      "safetensors",
                      "torch",
                      "data",
                      "report",
                      "model",
                      "transfer",
                      "checkpoint")),
              Map.entry(
                  "train",
                  Set.of(
                      "transfer",
                      "failure",
                      "digest",
                      "plan",
                      "safetensors",
                      "torch",
                      "gpu",
                      "data",
                      "report",
                      "distributed",
                      "model",
                      "features",
                      "checkpoint")),
              Map.entry(
                  "evaluate",
                  Set.of(
                      "failure",
                      "digest",
                      "plan",
                      "data",
                      "report",
                      "distributed",
                      "model",
                      "transfer")),
              Map.entry(
                  "analyze",
                  Set.of(
                      "failure", "plan", "data", "report", "distributed", "model", "transfer"))));

  /** What puts the parts together may use them all; nothing uses it but the command line. */
  private static final Set<String> OUTERMOST = Set.of("run", "bench", "preflight");

  @ArchTest static final ArchRule packagesUseOnlyWhatTheyMay = arrows();

  @ArchTest
  static final ArchRule packagesAreFreeOfCycles =
      SlicesRuleDefinition.slices().matching(WORKER + "(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyTorchTouchesTheEngine =
      ArchRuleDefinition.noClasses()
          .that()
          .resideOutsideOfPackages(WORKER + "torch..", WORKER + "data.tokens..", "ai.djl..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule onlyGpuTouchesJavaCpp =
      ArchRuleDefinition.noClasses()
          .that()
          .resideOutsideOfPackage(WORKER + "gpu..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bytedeco..");

  @ArchTest
  static final ArchRule onlyS3TouchesItsClient =
      ArchRuleDefinition.noClasses()
          .that()
          .resideOutsideOfPackage(WORKER + "s3..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("software.amazon..");

  @ArchTest
  static final ArchRule torchKnowsNoTokenizers =
      ArchRuleDefinition.noClasses()
          .that()
          .resideInAPackage(WORKER + "torch..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl.huggingface..");

  @ArchTest
  static final ArchRule tokenizersNeedNoEngine =
      ArchRuleDefinition.noClasses()
          .that()
          .resideInAPackage(WORKER + "data.tokens..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl.pytorch..");

  private static ArchRule arrows() {
    LayeredArchitecture layers =
        layeredArchitecture().consideringOnlyDependenciesInLayers().withOptionalLayers(true);
    for (String name : ARROWS.keySet()) {
      layers = layers.layer(name).definedBy(WORKER + name + "..");
    }
    for (String name : OUTERMOST) {
      layers = layers.layer(name).definedBy(WORKER + name + "..");
    }
    layers = layers.layer("cli").definedBy(WORKER + "cli..");
    layers = layers.ensureAllClassesAreContainedInArchitectureIgnoring("ai.djl..");
    for (Map.Entry<String, Set<String>> arrow : ARROWS.entrySet()) {
      layers =
          arrow.getValue().isEmpty()
              ? layers.whereLayer(arrow.getKey()).mayNotAccessAnyLayer()
              : layers
                  .whereLayer(arrow.getKey())
                  .mayOnlyAccessLayers(arrow.getValue().toArray(String[]::new));
    }
    for (String name : OUTERMOST) {
      layers = layers.whereLayer(name).mayOnlyBeAccessedByLayers("cli");
    }
    return layers.whereLayer("cli").mayNotBeAccessedByAnyLayer();
  }
}
