package io.litoperator.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/** Decisions are pure; what talks to the world is at the edge, and nothing inside knows of it. */
@AnalyzeClasses(
    packages = "io.litoperator.operator",
    importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class ArchitectureTest {
  private static final String OPERATOR = "io.litoperator.operator.";
  private static final String[] PURE = {
    OPERATOR + "snapshot..",
    OPERATOR + "status..",
    OPERATOR + "plan..",
    OPERATOR + "event..",
    OPERATOR + "resource..",
    OPERATOR + "validation.."
  };

  @ArchTest
  static final ArchRule packagesAreFreeOfCycles =
      SlicesRuleDefinition.slices().matching(OPERATOR + "(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule theCoreKnowsNoEdge =
      noClasses()
          .that()
          .resideInAnyPackage(PURE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              OPERATOR + "observe..",
              OPERATOR + "reconcile..",
              OPERATOR + "logging..",
              OPERATOR + "progress..",
              OPERATOR + "tls..",
              OPERATOR + "metrics..",
              OPERATOR + "config..");

  @ArchTest
  static final ArchRule theCoreDoesNoInputOrOutput =
      noClasses()
          .that()
          .resideInAnyPackage(PURE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.javaoperatorsdk..",
              "io.fabric8.kubernetes.client.dsl..",
              "io.quarkus..",
              "io.vertx..",
              "java.net.http..",
              "java.util.concurrent..")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(java.nio.file.Files.class);

  @ArchTest
  static final ArchRule theCoreHasNoClock =
      noClasses()
          .that()
          .resideInAnyPackage(PURE)
          .should()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(java.time.Clock.class);

  @ArchTest
  static final ArchRule onlyTheConfigurationKnowsItsParts =
      noClasses()
          .that()
          .resideOutsideOfPackage(OPERATOR + "config..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(OPERATOR + "config..");
}
