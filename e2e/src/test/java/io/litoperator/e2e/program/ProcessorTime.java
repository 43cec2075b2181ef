package io.litoperator.e2e.program;

import java.time.Duration;
import java.util.Locale;

/**
 * What each program has taken of the processors.
 *
 * @param load the load run itself, which stands for users and kubelets
 */
record ProcessorTime(Duration apiServer, Duration etcd, Duration operator, Duration load) {
  ProcessorTime since(ProcessorTime before) {
    return new ProcessorTime(
        apiServer.minus(before.apiServer),
        etcd.minus(before.etcd),
        operator.minus(before.operator),
        load.minus(before.load));
  }

  /** In milliseconds for each of so many. */
  String each(int count) {
    return String.format(
        Locale.ROOT,
        "kube-apiserver %.1f, etcd %.1f, the operator %.1f, the load run %.1f",
        1.0 * apiServer.toMillis() / count,
        1.0 * etcd.toMillis() / count,
        1.0 * operator.toMillis() / count,
        1.0 * load.toMillis() / count);
  }
}
