/** What memory and time a job will take, from its model's configuration alone. */
package io.litoperator.worker.sizing;
