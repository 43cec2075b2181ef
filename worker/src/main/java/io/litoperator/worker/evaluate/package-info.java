/** What the trained model is asked, and how its answers are scored. */
package io.litoperator.worker.evaluate;
