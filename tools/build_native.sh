#!/bin/sh
# Compiles native/ into the source tree, so that a change of a kernel needs no new installation.
set -eu
python=$1
version=$("$python" -c 'import sys; print("%d%d" % sys.version_info[:2])')
build="build/dev$version"
cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Release -Dnanobind_DIR="$("$python" -m nanobind --cmake_dir)" \
    -DPython_EXECUTABLE="$("$python" -c 'import sys; print(sys.executable)')" >"$build.log" 2>&1 || { cat "$build.log"; exit 1; }
cmake --build "$build" -j 2
cp "$build"/_native*.so src/matinee/kernels/
