/** The operator's settings, and how its parts are put together. */
package io.litoperator.operator.config;
