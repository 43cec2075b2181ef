/** What a trained model's answers rest on. */
package io.litoperator.worker.analyze;
