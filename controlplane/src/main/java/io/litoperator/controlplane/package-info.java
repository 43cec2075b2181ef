/**
 * A real Kubernetes API server for tests: etcd and kube-apiserver as processes of this machine. A
 * test class asks for one with
 *
 * <pre>{@code
 * @ExtendWith(ApiServerExtension.class)
 * class ApplyIT {
 *   ApplyIT(ApiServer server) { … }
 * }
 * }</pre>
 *
 * All test classes of a JVM share one server; each uses namespaces of its own.
 */
package io.litoperator.controlplane;
