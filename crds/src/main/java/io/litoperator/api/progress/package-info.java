/**
 * What passes between a job's coordinator, the agent of node 0, and the operator: {@code POST
 * /apis/lit-operator.io/v1alpha1/namespaces/{ns}/littrainingjobs/{name}/progress}, JSON of at most
 * 64 KiB, with the Pod's projected token as bearer.
 */
package io.litoperator.api.progress;
