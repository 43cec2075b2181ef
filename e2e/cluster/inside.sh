#!/usr/bin/env bash
# The first process of the new namespaces: it starts the JVM, waits, and reaps what is orphaned.
set -euo pipefail
ip link set lo up
mkdir -p /run/netns
mount -t tmpfs -o mode=755 netns /run/netns
# Not JAVA_HOME, which Surefire may have set to where bin/java, that started this, lies.
"$LIT_JAVA" "$@"
