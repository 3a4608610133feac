#!/bin/sh
# Makes the source distribution, then from it a wheel for each CPython 3.11 to 3.14 found here (on the PATH, or by pyenv),
# all into dist/, and tries each wheel in a fresh environment. Says which versions were skipped.
set -eu
work=$PWD/build/wheels
versions="3.11 3.12 3.13 3.14"

stop() { printf 'Matinee: %s\n' "$1" >&2; exit 1; }

# Prints an interpreter that really is the version asked for: a name on the PATH may be a shim of pyenv that does not run.
interpreter() {
    for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
        found=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        [ "$found" = "$1" ] && { printf '%s' "$candidate"; return; }
    done
}

quiet_pip() { "$1/bin/python" -m pip --disable-pip-version-check --no-input install -qq "$2" "$3" "$4"; }

source_distribution() {
    python=$1
    "$python" -m venv "$work/source"
    "$work/source/bin/python" -m pip --disable-pip-version-check install -qq build
    "$work/source/bin/python" -m build --sdist --outdir dist . >"$work/sdist.log" 2>&1 || { cat "$work/sdist.log" >&2; stop "the source distribution was not made"; }
}

wheel() {
    "$1" -m venv "$work/$2"
    "$work/$2/bin/python" -m pip --disable-pip-version-check wheel -qq --no-deps --wheel-dir dist dist/matinee-*.tar.gz
    file=$(ls dist/matinee-*-cp"$(echo "$2" | tr -d .)"-*.whl)
    quiet_pip "$work/$2" -c constraints.txt "$file"
    (cd "$work" && smoke "$work/$2/bin")
    printf 'CPython %s: %s works\n' "$2" "$file"
}

smoke() {
    "$1/matinee" --help >/dev/null
    for set in $("$1/python" -c 'from matinee.kernels.isa import instruction_sets; print(*instruction_sets())'); do
        MATINEE_INSTRUCTION_SET=$set "$1/python" "$work/../../tools/smoke.py"
    done
}

rm -rf "$work" dist
mkdir -p "$work" dist
skipped=
for version in $versions; do
    python=$(interpreter "$version")
    if [ -z "$python" ]; then skipped="$skipped $version"; continue; fi
    ls dist/matinee-*.tar.gz >/dev/null 2>&1 || source_distribution "$python"
    wheel "$python" "$version"
done
ls dist/*.whl >/dev/null 2>&1 || stop "found no CPython of versions $versions; install one (pyenv install 3.12) and run make wheels again"
[ -z "$skipped" ] || printf 'skipped, not found here: CPython%s\n' "$skipped"
