/**
 * The {@code LitTrainingJob} resource, without logic. The CRD is generated from these types:
 * javadoc becomes its descriptions, annotations its schema, defaults and CEL rules. Fields that are
 * absent are null; those with a {@code @Default} are filled in on admission, and by {@code lit}
 * when it reads a job file.
 */
package io.litoperator.api.v1alpha1;
