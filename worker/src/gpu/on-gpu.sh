#!/usr/bin/env bash
# Runs on a GPU machine, in the folder that collect.sh's archive was unpacked into. Needs a Python with
# torch of the binding's version, with CUDA and NCCL as pip installs them.
#
#   on-gpu.sh tests CLASS…       tests of the worker on the first GPU
#   on-gpu.sh ranks N CLASS…     tests whose ranks are processes, N on the first GPU
#   on-gpu.sh lit ARGUMENTS…     the worker's command line
#   on-gpu.sh going-on JOB OUT   a job undisturbed, interrupted and killed: going-on.py
#   on-gpu.sh checkpoints OUT    what a checkpoint holds up: checkpoints.py
#   on-gpu.sh peer ARGUMENTS…    peer.py
#   on-gpu.sh model LAYERS       prints a folder with the shapes of Vicuna-7B and so many layers
set -euo pipefail
here=$(dirname "$(realpath "$0")")
python=${PYTHON:-python3}
packages=$("$python" -c 'import importlib.util as i, os; print(os.path.dirname(os.path.dirname(i.find_spec("torch").origin)))')

binding=$here/binding
if [ ! -e "$binding/libtorch.so" ]; then
  ln -sf "$packages"/torch/lib/lib*.so* "$binding/"
  rm -f "$binding"/libcaffe2_nvrtc.so "$binding"/libtorch_python.so "$binding"/libshm.so
fi
export PYTORCH_LIBRARY_PATH=$binding
export LD_LIBRARY_PATH=$packages/nvidia/cu13/lib:$packages/nvidia/nccl/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
# As ranks have it (memory.env), for tests and the peer as well.
export PYTORCH_CUDA_ALLOC_CONF=${PYTORCH_CUDA_ALLOC_CONF:-expandable_segments:True}
java=("$here/jre/bin/java" -XX:+UseSerialGC -Xms64m -cp "$here/test-classes:$here/classes:$here/crds:$here/jars/*")

command=$1
shift
case $command in
  tests)
    "${java[@]}" -Dlit.device="${DEVICE:-cuda}" org.junit.platform.console.ConsoleLauncher execute \
      --disable-banner --details=tree "${@/#/--select-class=}" ;;
  ranks)
    export WORLD_SIZE=$1 NCCL_SOCKET_IFNAME=lo LIT_TEST_RANKS LIT_SECRET
    LIT_TEST_RANKS=$(mktemp -d) LIT_SECRET=$(head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n')
    shift
    pids=()
    for ((rank = 0; rank < WORLD_SIZE; rank++)); do
      # NCCL takes ranks for those of several hosts, which may have the same GPU.
      RANK=$rank NCCL_HOSTID=host-$rank "$0" tests "$@" >"$LIT_TEST_RANKS/$rank.log" 2>&1 &
      pids+=($!)
    done
    code=0
    for ((rank = 0; rank < WORLD_SIZE; rank++)); do
      wait "${pids[rank]}" || code=$?
      echo "rank $rank:" && cat "$LIT_TEST_RANKS/$rank.log"
    done
    rm -r "$LIT_TEST_RANKS"
    exit $code ;;
  lit) "${java[@]}" io.litoperator.worker.cli.Lit "$@" ;;
  going-on) "$python" "$here/going-on.py" "$@" "$0" lit ;;
  checkpoints)
    "$python" "$here/checkpoints.py" "$here/test-classes/io/litoperator/worker/run/tiny" "$1" "$0" lit ;;
  peer) "$python" "$here/peer.py" "$@" ;;
  model)
    folder=$here/vicuna-$1-layers
    mkdir -p "$folder"
    sed "s/\"num_hidden_layers\": 32/\"num_hidden_layers\": $1/" "$here/vicuna-7b/config.json" >"$folder/config.json"
    echo "$folder" ;;
esac
