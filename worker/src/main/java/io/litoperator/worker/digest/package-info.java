/** SHA-256, by which contents are known again. */
package io.litoperator.worker.digest;
