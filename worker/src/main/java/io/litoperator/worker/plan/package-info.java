/** A job with every default filled in and every check passed: what the ranks execute. */
package io.litoperator.worker.plan;
