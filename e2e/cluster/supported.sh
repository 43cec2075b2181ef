#!/usr/bin/env bash
# Says what the cluster tests lack on this machine, and fails if they lack anything.
set -uo pipefail
missing=()
[ "$(id -u)" -eq 0 ] || missing+=("root")
for program in containerd ctr runc ip nft nsenter unshare; do
  command -v "$program" >/dev/null || missing+=("$program")
done
[ -x /usr/lib/cni/bridge ] || [ -x /opt/cni/bin/bridge ] || missing+=("CNI plugins")
[ -w /sys/fs/cgroup/memory/cgroup.procs ] || missing+=("control groups, version 1")
unshare --net --mount --pid --fork --mount-proc true 2>/dev/null || missing+=("namespaces")
[ ${#missing[@]} -eq 0 ] && exit
printf 'The cluster tests need %s, which this machine lacks.\n' "$(printf '%s, ' "${missing[@]}" | sed 's/, $//')"
exit 1
