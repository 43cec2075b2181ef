/** Features of pictures, kept on disk between epochs, stages and jobs. */
package io.litoperator.worker.features;
