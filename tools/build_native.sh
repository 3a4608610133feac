#!/bin/sh
# Compiles native/ into the source tree, so that a change of a kernel needs no new installation.
set -eu
python=$1
version=$("$python" -c 'import sys; print("%d%d" % sys.version_info[:2])')
build="build/dev$version"
cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Release -Dnanobind_DIR="$("$python" -m nanobind --cmake_dir)" \
    -DPython_EXECUTABLE="$("$python" -c 'import sys; print(sys.executable)')" >"$build.log" 2>&1 || { cat "$build.log"; exit 1; }
cmake --build "$build" -j 2
# Beside it and then over it: a running process keeps the file it has open.
for module in "$build"/_native*.so; do
    cp "$module" "src/matinee/kernels/.$(basename "$module").new"
    mv "src/matinee/kernels/.$(basename "$module").new" "src/matinee/kernels/$(basename "$module")"
done
