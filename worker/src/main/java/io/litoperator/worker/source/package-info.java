/** Brings what a job names elsewhere, on the hub or in a bucket, to this machine. */
package io.litoperator.worker.source;
