/** What a person is told of a job by Kubernetes events. Pure. */
package io.litoperator.operator.event;
