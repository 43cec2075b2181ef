/** What a sample is once it is read, tokenized and labelled. */
package io.litoperator.worker.data;
