/** Captions compared with people's captions. */
package io.litoperator.worker.evaluate.caption;
