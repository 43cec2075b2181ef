/**
 * The command line. What picocli cannot parse it refuses itself, in {@link Lit}; arguments that it
 * can parse but that make no sense are a {@code Failure} of {@code INVALID}, as an invalid job is.
 */
package io.litoperator.worker.cli;
