#!/bin/sh
# Everything a fresh machine needs, in folders of the checkout: .venv and, with "test", one more
# environment for every Blender release the tests cover.   sh tools/setup.sh [test]
# pip's own variables (PIP_CONSTRAINT, PIP_INDEX_URL ...) are honoured.
set -eu
cd "$(dirname "$0")/.."

# Libraries that Blender's module loads, even without a window. Other systems have them already.
libraries="libx11-6 libxrender1 libxfixes3 libxi6 libxkbcommon0 libsm6 libgl1 libegl1"
if command -v apt-get >/dev/null && ! dpkg -s $libraries >/dev/null 2>&1; then
    as_root=$([ "$(id -u)" = 0 ] || echo sudo)
    $as_root apt-get update -qq
    $as_root apt-get install -y -qq --no-install-recommends $libraries >/dev/null
fi

# Blender's module exists for Python 3.11 (up to 5.0) and 3.13 (from 5.1) only.
find_python() {
    for version in "$@"; do
        "python$version" -c "" 2>/dev/null && { echo "python$version"; return; }
    done
    echo "Blender's Python module needs Python $*; none was found. Install one and try again." >&2
    exit 1
}

install() { # folder, python, what to install
    folder=$1 python=$2
    shift 2
    [ -x "$folder/bin/python" ] || "$python" -m venv "$folder"
    "$folder/bin/python" -m pip install -q --disable-pip-version-check "$@"
}

if [ "${1:-}" = test ]; then
    install .venv "$(find_python 3.11 3.13)" -e ".[blender,offline,train,test]"
    tools="pytest pytest-timeout hypothesis"
    # Their own constraints say which numpy each needs; ours are for the environment above.
    unset PIP_CONSTRAINT
    install .venv-bpy42 "$(find_python 3.11)" "bpy==4.2.23" "numpy<2" $tools
    install .venv-bpy50 "$(find_python 3.11)" "bpy==5.0.1" $tools
    if python3.13 -c "" 2>/dev/null; then
        install .venv-bpy52 python3.13 "bpy==5.2.3" $tools
    fi
else
    install .venv "$(find_python 3.11 3.13)" -e ".[blender,offline]"
fi
