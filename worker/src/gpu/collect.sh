#!/usr/bin/env bash
# Collects what a GPU machine without Java needs to run the worker and its tests.
#
#   collect.sh BINDING OUT
#
# BINDING  folder that build-binding.sh made; its links stay behind
# OUT      folder that gets jre/, jars/, classes/, test-classes/, binding/ and the scripts beside this
#
# The worker must have been compiled with its tests (mvn -pl worker -am test-compile) and its tests'
# class path be known from a test run (target/surefire-reports). What the steps on a GPU do without
# stays behind: libtorch for CPUs, DuckDB, other systems' tokenizers. OUT takes some 45 MB.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
worker=$(dirname "$(dirname "$here")")
binding=$1 out=$2
repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}
cuda=13.1-9.19-1.5.13 javacpp=1.5.13

rm -rf "$out"
mkdir -p "$out/jars" "$out/binding"
jlink --add-modules java.base,java.desktop,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,jdk.unsupported,jdk.zipfs \
  --compress=2 --strip-debug --no-header-files --no-man-pages --output "$out/jre"
rm -f "$out"/jre/lib/server/classes*.jsa

grep -oh 'surefire.test.class.path" value="[^"]*"' "$worker"/target/surefire-reports/*.xml | head -1 |
  sed 's/.*value="//; s/"$//' | tr : '\n' | grep '\.jar$' |
  grep -vE 'pytorch-native-cpu|pytorch-jni|duckdb|archunit|byte-buddy|/javacpp|bytedeco/cuda|kubernetes-model-(admission|gateway|resource|flow|auto|ext|storage|api|net|apps|policy|batch|discovery|event|metrics|node|rbac|sched|coord|cert)' |
  xargs cp -t "$out/jars"
cp "$repository/org/bytedeco/cuda/$cuda/cuda-$cuda.jar" "$repository/org/bytedeco/cuda/$cuda/cuda-$cuda-linux-x86_64.jar" \
  "$repository/org/bytedeco/javacpp/$javacpp/javacpp-$javacpp.jar" "$repository/org/bytedeco/javacpp/$javacpp/javacpp-$javacpp-linux-x86_64.jar" "$out/jars"
# Of CUDA's natives, the runtime and NCCL; of the tokenizers', this system's.
(cd "$out/jars" && for jar in cuda-*-linux-x86_64.jar; do
  zip -qd "$jar" '*/libjninpp*' '*/libjnicu[bfs]*' '*/libjnicudnn*' '*/libjninv*' '*/libjnicurand*' || true
done
for jar in tokenizers-*.jar; do zip -qd "$jar" 'native/lib/osx*' 'native/lib/win*' 'native/lib/linux-aarch64*' || true; done)

cp -r "$worker/target/classes" "$worker/target/test-classes" "$out"
mkdir "$out/crds"
cp -r "$worker/../crds/target/classes/." "$out/crds"
cp "$binding/libdjl_torch.so" "$binding/libdjl_torch.version" "$out/binding"
cp "$here"/*.sh "$here"/*.py "$out" 2>/dev/null || true
du -sh "$out" | cut -f1
