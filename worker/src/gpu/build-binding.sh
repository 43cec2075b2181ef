#!/usr/bin/env bash
# Builds DJL's native binding for a libtorch that Maven Central has none for.
#
#   build-binding.sh DJL TORCH OUT
#
# DJL    clone of https://github.com/deepjavalibrary/djl; the tag below is taken
# TORCH  a Python package torch, or an unpacked libtorch: with include/ and lib/
# OUT    folder that gets libdjl_torch.so, libdjl_torch.version, and links to TORCH/lib,
#        for PYTORCH_LIBRARY_PATH
#
# Needs g++ and a JDK whose Maven repository has what the worker is built with. JOBS compile at once.
set -euo pipefail
djl=$(realpath "$1") torch=$(realpath "$2") out=$3
tag=v0.35.1
jobs=${JOBS:-$(nproc)}
jdk=$(dirname "$(dirname "$(realpath "$(command -v javac)")")")
repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}

mkdir -p "$out"
out=$(realpath "$out")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

git -C "$djl" archive "$tag" api/src/main/native engines/pytorch | tar x -C "$work"
class_path=$(find "$repository"/ai/djl/api "$repository"/org/slf4j "$repository"/net/java/dev/jna \
  "$repository"/com/google/code/gson "$repository"/org/apache/commons/commons-compress -name '*.jar' | tr '\n' :)
engine=$work/engines/pytorch/pytorch-engine/src/main/java
javac -nowarn -proc:none -Xlint:none -cp "$class_path" -sourcepath "$engine" -h "$work/headers" -d "$work/classes" \
  "$engine/ai/djl/pytorch/jni/PyTorchLibrary.java" 2>"$work/javac.log" || { cat "$work/javac.log"; exit 1; }

sources=$work/engines/pytorch/pytorch-native/src/main/native
compile() {
  g++ -std=c++20 -O2 -fPIC -w -c "$1" -o "$1.o" -I"$work/headers" -I"$work/api/src/main/native" \
    -I"$torch/include" -I"$torch/include/torch/csrc/api/include" -I"$jdk/include" -I"$jdk/include/linux"
}
export -f compile
export work torch jdk
printf '%s\0' "$sources"/*.cc | xargs -0 -P "$jobs" -I{} bash -euc 'compile {}'

# Against the CPU's half alone: DJL loads the rest of libtorch itself.
g++ -shared -o "$out/libdjl_torch.so" "$sources"/*.o -L"$torch/lib" -lc10 -ltorch_cpu
strip "$out/libdjl_torch.so"
version=$(sed -n 's/^#define TORCH_VERSION_\(MAJOR\|MINOR\|PATCH\) //p' "$torch/include/torch/headeronly/version.h" \
  "$torch/include/torch/csrc/api/include/torch/version.h" 2>/dev/null | head -3 | paste -sd.)
echo "$version" >"$out/libdjl_torch.version"
# Not the one that only a machine with a driver can load, and that libtorch finds by itself.
ln -sf "$torch"/lib/lib*.so* "$out/"
rm -f "$out"/libcaffe2_nvrtc.so "$out"/libtorch_python.so "$out"/libshm.so
echo "libdjl_torch.so for libtorch $version is in $out"
