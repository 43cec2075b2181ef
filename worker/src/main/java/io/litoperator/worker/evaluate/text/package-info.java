/** Texts made comparable as the reference scorers, which are written in Python, make them. */
package io.litoperator.worker.evaluate.text;
