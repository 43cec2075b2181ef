/**
 * Conversations as LLaVA's data sets write them: found in a file once, then read one at a time and
 * checked.
 */
package io.litoperator.worker.data.annotations;
