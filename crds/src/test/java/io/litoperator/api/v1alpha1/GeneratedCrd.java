package io.litoperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The CRD as the types have it now. */
final class GeneratedCrd {
  private static final Path SOURCES = Path.of("src/main/java/io/litoperator/api/v1alpha1");

  private GeneratedCrd() {}

  /**
   * YAML; the current folder must be the module's, as Maven and IDEs have it.
   *
   * @param scratch an empty folder for the generator
   */
  static String yaml(Path scratch) throws IOException {
    Descriptions descriptions = Descriptions.ofSources(SOURCES);
    new CRDGenerator()
        .customResourceClasses(LitTrainingJob.class)
        .forCRDVersions("v1")
        .withImplicitPreserveUnknownFields(false)
        .withPostProcessor(
            new CRDPostProcessor() {
              @Override
              public HasMetadata process(HasMetadata crd, String crdSpecVersion) {
                return complete((CustomResourceDefinition) crd, descriptions);
              }
            })
        .inOutputDir(scratch.toFile())
        .detailedGenerate();
    return quoteOn(Files.readString(scratch.resolve("littrainingjobs.lit-operator.io-v1.yml")));
  }

  /** Helm and kubectl read YAML 1.1, to which {@code on} without quotes is the boolean true. */
  private static String quoteOn(String yaml) {
    return yaml.replaceAll("(?m)^( *)on:", "$1\"on\":");
  }

  /** Adds what the generator has no annotation for, and undoes its sorting of columns. */
  private static CustomResourceDefinition complete(
      CustomResourceDefinition crd, Descriptions descriptions) {
    CustomResourceDefinitionVersion version = crd.getSpec().getVersions().get(0);
    version.getAdditionalPrinterColumns().sort(Comparator.comparingInt(GeneratedCrd::place));
    JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
    root.setDescription(
        "Trains a vision-language model by learning to instruct (LIT), evaluates it and exports"
            + " it.");
    root.setRequired(List.of("spec"));
    root.getProperties().put("metadata", metadata());
    JSONSchemaProps spec = root.getProperties().get("spec");
    JSONSchemaProps status = root.getProperties().get("status");
    spec.setDescription("What is wanted.");
    status.setDescription("What is. Written by the operator alone.");
    status.setDefault(tree(LitTrainingJobStatus.UNSEEN));
    KubernetesTypes.restrict(spec.getProperties().get("template"));
    descriptions.describe(spec, LitTrainingJobSpec.class);
    descriptions.describe(status, LitTrainingJobStatus.class);
    JSONSchemaProps conditions = status.getProperties().get("conditions");
    conditions.setXKubernetesListType("map");
    conditions.setXKubernetesListMapKeys(List.of("type"));
    conditions.getItems().getSchema().setRequired(List.of("type", "status"));
    return crd;
  }

  private static JsonNode tree(LitTrainingJobStatus status) {
    return JsonMapper.builder()
        .defaultPropertyInclusion(JsonInclude.Value.construct(Include.NON_NULL, Include.ALWAYS))
        .build()
        .valueToTree(status);
  }

  /**
   * Pods, host names and a Service are named after the job: {@code <job>-1023} and {@code <job>-<10
   * hex digits>} must be DNS labels.
   */
  private static JSONSchemaProps metadata() {
    JSONSchemaProps name =
        new JSONSchemaPropsBuilder()
            .withType("string")
            .withDescription(
                "Lower-case letters, digits and hyphens, at most 52, the first a letter.")
            .withMaxLength(52L)
            .withPattern("^[a-z]([-a-z0-9]*[a-z0-9])?$")
            .build();
    return new JSONSchemaPropsBuilder()
        .withType("object")
        .withProperties(Map.of("name", name))
        .build();
  }

  private static int place(CustomResourceColumnDefinition column) {
    return Stream.of(LitTrainingJob.class.getAnnotationsByType(AdditionalPrinterColumn.class))
        .map(AdditionalPrinterColumn::name)
        .toList()
        .indexOf(column.getName());
  }
}
