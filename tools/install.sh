#!/bin/sh
# Installs this source tree, editable, and what it needs: tools/install.sh PYTHON TARGET, where TARGET is '.' or '.[test,lint]'.
# With extras, the build requirements go into the same environment, so that a changed kernel is compiled again without all
# the others; the core alone stays small, and is built in an environment that pip throws away.
set -eu
python=$1
target=$2
log=$(dirname "$(dirname "$python")")/install.log
unreachable='NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|Max retries exceeded|Failed to establish|name resolution|Name or service not known|Network is unreachable|No route to host|Connection (refused|reset|aborted|broken|timed out)|ProxyError|SSLError|Could not fetch URL'

pip() { "$python" -m pip --disable-pip-version-check --no-input "$@" >>"$log" 2>&1 || explain; }

explain() {
    if grep -qE 'CMake Error|\.[ch]pp:.*error:' "$log"; then
        grep -E -m 3 'CMake Error|\.[ch]pp:.*error:' "$log" >&2
        stop "the kernels did not compile; GCC 11 or later, or Clang 14 or later, is needed"
    fi
    if grep -qE "$unreachable" "$log"; then
        reason=$(grep -oE "$unreachable" "$log" | head -n 1)
        stop "the package registry could not be reached ($reason); a connection is needed the first time; check the network, or name a proxy (HTTPS_PROXY), and run make again"
    fi
    tail -n 15 "$log" >&2
    stop "the installation failed; its last lines are above"
}

stop() { printf 'Matinee: %s; the whole log is %s\n' "$1" "$log" >&2; exit 1; }

requirements() {
    "$python" -c "$1" >"$log.requires"
    pip install -c constraints.txt -r "$log.requires"
    rm "$log.requires"
}

printf 'Matinee: installing %s (the first time takes a minute or two; log: %s)\n' "$target" "$log"
: >"$log"
pip install --upgrade pip
isolation=
if [ "$target" != . ]; then
    requirements 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")'
    requirements 'from scikit_build_core.build import get_requires_for_build_editable as needed; print(*needed({}), sep="\n")'
    isolation=--no-build-isolation
fi
pip install -c constraints.txt $isolation --editable "$target"
