/** Reads what belongs to a job: from informers where there are some, by name where not. */
package io.litoperator.operator.observe;
