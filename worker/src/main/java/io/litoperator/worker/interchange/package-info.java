/** Models' folders, in and out: what is in them, import, export, merging adapters. */
package io.litoperator.worker.interchange;
