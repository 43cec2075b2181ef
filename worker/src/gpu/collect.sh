#!/usr/bin/env bash
# Collects what a GPU machine without Java needs to run the worker and its tests.
#
#   collect.sh BINDING OUT
#
# BINDING  folder that build-binding.sh made; its links stay behind
# OUT      archive (.tar.xz) of jre/, jars/, classes/, test-classes/, crds/, binding/, what is
#          beside this script, and peer.py
#
# Takes what the worker's last test run had on its class path (target/surefire-reports), hence CUDA
# 13 after mvn -Pcuda13 -pl worker -am test. What the steps on a GPU do without stays behind:
# libtorch for CPUs, DuckDB, other systems' tokenizers. OUT takes some 60 MB.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
worker=$(dirname "$(dirname "$here")")
binding=$1 archive=$2
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

mkdir -p "$out/jars" "$out/binding"
jlink --add-modules java.base,java.desktop,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,jdk.unsupported,jdk.zipfs \
  --strip-debug --no-header-files --no-man-pages --output "$out/jre"
rm -f "$out"/jre/lib/server/classes*.jsa

report=$(ls -t "$worker"/target/surefire-reports/TEST-*.xml | sed -n 1p)
sed -n 's/.*surefire.test.class.path" value="\([^"]*\)".*/\1/p' "$report" | tr : '\n' | grep '\.jar$' |
  grep -vE 'pytorch-native-cpu|pytorch-jni|duckdb|archunit|byte-buddy|jqwik|jsoup|kubernetes-model-(admission|gateway|resource|flow|auto|ext|storage|api|net|apps|policy|batch|discovery|event|metrics|node|rbac|sched|coord|cert)' |
  xargs cp -t "$out/jars"
# The launcher is Surefire's own, and the console's nobody's: of the version of the engine.
platform=$(basename "$out"/jars/junit-platform-engine-*.jar .jar)
for jar in console launcher reporting; do
  mvn -q -N -f "$worker" dependency:copy -DoutputDirectory="$out/jars" \
    -Dartifact="org.junit.platform:junit-platform-$jar:${platform##*-}"
done
# Of CUDA's natives, the runtime, NVRTC and NCCL; of the tokenizers', this system's.
(cd "$out/jars" && for jar in cuda-*-linux-x86_64.jar; do
  zip -qd "$jar" '*/libjninpp*' '*/libjnicu[bfs]*' '*/libjnicudnn*' '*/libjninv[!r]*' '*/libjnicurand*' || true
done
for jar in tokenizers-*.jar; do zip -qd "$jar" 'native/lib/osx*' 'native/lib/win*' 'native/lib/linux-aarch64*' || true; done)
# Stored, so that the archive compresses across them.
for jar in "$out"/jars/*.jar; do
  mkdir "$out/jar" && (cd "$out/jar" && unzip -qo "$jar" && rm "$jar" && zip -q0r "$jar" .) && rm -rf "$out/jar"
done

cp -r "$worker/target/classes" "$worker/target/test-classes" "$out"
find "$out/test-classes/fixtures" -mindepth 1 -maxdepth 1 -not -name steps -not -name models -not -name generate -not -name lora -not -name decay -exec rm -r {} +
mkdir "$out/crds"
cp -r "$worker/../crds/target/classes/." "$out/crds"
cp "$binding/libdjl_torch.so" "$binding/libdjl_torch.version" "$out/binding"
cp -r "$here"/. "$worker/src/bench/peer.py" "$out"
tar cJf "$archive" -C "$out" .
du -h "$archive"
