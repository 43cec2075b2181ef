/** The command line. */
package io.litoperator.worker.cli;
