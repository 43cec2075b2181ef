/** What those who watch a run see: events, the terminal, JSON lines, score tables. */
package io.litoperator.worker.report;
