/** Buckets that speak S3: Amazon's, MinIO's, Ceph's. The only package that knows its client. */
package io.litoperator.worker.s3;
