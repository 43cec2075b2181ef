/** Which samples a step learns from. Pure: no files, no threads. */
package io.litoperator.worker.data.sampling;
