/** Which job a line of the log is about. */
package io.litoperator.operator.logging;
