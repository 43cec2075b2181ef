/** The report that a run leaves behind: one HTML file that needs nothing else. */
package io.litoperator.worker.report.html;
