/** The files that one source of data is spread over. */
package io.litoperator.worker.data.shards;
