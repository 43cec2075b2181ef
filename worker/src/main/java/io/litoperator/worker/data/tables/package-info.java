/** Rows of Parquet files, by DuckDB: the only package that knows it. */
package io.litoperator.worker.data.tables;
