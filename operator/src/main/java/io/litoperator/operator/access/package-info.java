/**
 * What the operator may do at the API server: declared here once, granted by the chart word for
 * word. A call that needs more begins with a line here; a test compares the chart with it.
 */
package io.litoperator.operator.access;
