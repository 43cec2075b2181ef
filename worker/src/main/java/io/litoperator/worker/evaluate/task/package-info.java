/** The evaluation tasks by name: how each words its questions, and by what it is scored. */
package io.litoperator.worker.evaluate.task;
