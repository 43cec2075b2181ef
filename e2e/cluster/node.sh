#!/usr/bin/env bash
# node.sh FOLDER COMMAND...: in a new mount namespace, gives a node folders of its own where
# programs have a path built in, then becomes COMMAND.
set -euo pipefail
node=$1
shift
own() {
  mkdir -p "$node/$1" "$2"
  mount --bind "$node/$1" "$2"
}
own kubelet /var/lib/kubelet
own containers /var/log/containers
own pods /var/log/pods
own cni /var/lib/cni
own netns /run/netns
mount --make-rshared /
exec "$@"
