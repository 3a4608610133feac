#!/bin/sh
# Says in one sentence what this machine lacks, before anything is built: tools/preflight.sh PYTHON
set -eu
python=${1:-python3}

stop() { printf 'Matinee: %s\n' "$1" >&2; exit 1; }

newer_python() {
    for version in 3.14 3.13 3.12 3.11; do
        if "python$version" -c '' 2>/dev/null; then printf 'python%s' "$version"; return; fi
    done
    printf 'python3.12'
}

check_python() {
    command -v "$python" >/dev/null 2>&1 ||
        stop "found no '$python' on the PATH; Python 3.11 or later is needed; install it (Debian, Ubuntu: apt install python3 python3-venv python3-dev; macOS: brew install python) or name another one: PYTHON=$(newer_python) make demo"
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) ||
        stop "found '$python', but it does not run; Python 3.11 or later is needed; try '$python --version', or name another one: PYTHON=$(newer_python) make demo"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        stop "found Python $version ($python); 3.11 or later is needed; install one and name it: PYTHON=$(newer_python) make demo"
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        stop "found Python $version ($python) without its venv and ensurepip modules; they are needed to make .venv; install them (Debian, Ubuntu: apt install python$version-venv)"
    "$python" -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))' ||
        stop "found Python $version ($python) without its headers (Python.h); they are needed to compile the kernels; install them (Debian, Ubuntu: apt install python$version-dev; Fedora: dnf install python3-devel)"
}

# As CMake chooses: CXX, perhaps with arguments ("ccache g++"), or the first of these names.
first_compiler() {
    if [ -n "${CXX:-}" ]; then
        if command -v "${CXX%% *}" >/dev/null 2>&1; then printf '%s' "$CXX"; fi
        return
    fi
    for name in c++ g++ clang++; do
        if command -v "$name" >/dev/null 2>&1; then printf '%s' "$name"; return; fi
    done
}

check_compiler() {
    install="install one (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++; macOS: xcode-select --install) or name another one: CXX=clang++ make demo"
    compiler=$(first_compiler)
    [ -n "$compiler" ] || stop "found no C++ compiler (looked for ${CXX:-c++, g++ and clang++}); GCC 11 or later, or Clang 14 or later, is needed for the kernels; $install"
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    cat >"$folder/try.cpp" <<'CPP'
#if defined(__clang__) ? __clang_major__ < 14 : __GNUC__ < 11
#error the compiler is too old
#endif
#include <concepts>
#include <thread>
template <std::floating_point T> T half(T x) { return x / 2; }
int main() { std::thread([] { half(1.0); }).join(); }
CPP
    $compiler -std=c++20 -pthread "$folder/try.cpp" -o "$folder/try" 2>"$folder/errors" ||
        stop "found $($compiler --version 2>/dev/null | head -n 1) ($compiler), which does not build a small C++20 program ($(grep -m 1 error "$folder/errors")); GCC 11 or later, or Clang 14 or later, is needed for the kernels; $install"
}

check_python
check_compiler
