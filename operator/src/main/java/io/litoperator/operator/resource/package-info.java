/**
 * The Kubernetes objects that a job consists of, as pure functions of the job and the operator's
 * settings. Nothing here asks a server; {@link io.litoperator.operator.resource.JobResources} is
 * the way in.
 */
package io.litoperator.operator.resource;
