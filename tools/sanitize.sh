#!/bin/sh
# Runs the native tests under sanitizers, once for each instruction set: tools/sanitize.sh PYTHON
# PYTHON is asked for CMake only where the machine has none.
set -eu
python=$1

run_cmake() {
    if command -v cmake >/dev/null 2>&1; then cmake "$@"; return; fi
    "$python" -c 'import cmake' 2>/dev/null || "$python" -m pip --disable-pip-version-check install -q -c constraints.txt cmake
    "$python" -m cmake "$@"
}

check() {
    build="build/sanitize-$1"
    run_cmake -S . -B "$build" -G "Unix Makefiles" -DCMAKE_BUILD_TYPE=None "-DMATINEE_SANITIZE=$1" >"$build.log" 2>&1 || { cat "$build.log" >&2; exit 1; }
    run_cmake --build "$build" -j 2 >"$build.log" 2>&1 || { cat "$build.log" >&2; exit 1; }
    printf 'native tests under %s: ' "$1"
    "$build/native_tests"
}

mkdir -p build
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1
check address,undefined
check thread
