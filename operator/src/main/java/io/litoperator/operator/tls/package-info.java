/**
 * The progress endpoint's certificate: made here and kept in a Secret, or given by cert-manager,
 * and in both cases replaced while the endpoint runs.
 */
package io.litoperator.operator.tls;
