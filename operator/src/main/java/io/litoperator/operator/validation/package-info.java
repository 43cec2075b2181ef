/**
 * Refuses jobs that an API server admits and that could not run. Such a job fails with the field
 * and the reason, and no Pod is made. Nothing here asks a server.
 */
package io.litoperator.operator.validation;
