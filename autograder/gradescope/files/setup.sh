#!/bin/bash
# Gradescope runs this once, as root, when the zip is uploaded: Python, the grader and its packages, the data sets, and
# who may read what. Needs nothing but apt-get and pip.
set -euo pipefail
source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$source")

setting() { sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",]*\).*/\1/p" "$source/settings.json"; }
recommended=$(setting recommended_mebibytes)
limit=$(cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null | grep -E '^[0-9]+$' | head -n 1) || true
machine=$(($(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo) / 1024))
here=$((${limit:-999999999999999} / 1048576))
[ "$here" -lt "$machine" ] || here=$machine
if [ "$here" -lt "$recommended" ]; then
    echo "WARNING: this container has $here MiB of memory, and $recommended MiB are recommended: choose a larger" \
        "container in the autograder's settings, or submissions that train will stay without a grade" >&2
fi

find_python() {
    local name
    for name in python3 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    return 1
}
if ! python=$(find_python); then
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update
    for name in python3 python3.13 python3.12 python3.11; do
        apt-get -qq install -y --no-install-recommends "$name" "$name-venv" >>/tmp/setup.log 2>&1 || continue
        python=$(find_python) && break
    done
fi
if [ -z "${python:-}" ]; then
    cat /tmp/setup.log >&2
    echo "Python 3.11 or later cannot be had here, as said above: choose a newer base image" >&2
    exit 1
fi

sh "$source/install.sh" "$python" "$root/venv" "$source"

mkdir -p "$root/keras"
if [ -d "$source/datasets" ]; then
    rm -rf "$root/keras/datasets"
    mv "$source/datasets" "$root/keras/datasets"
else
    KERAS_HOME="$root/keras" "$root/venv/bin/autograder" data --fetch --config "$source/assignment/grading.yml" ||
        { echo "the data sets cannot be fetched: build the zip with --datasets FOLDER" >&2; exit 1; }
fi
rm -rf "$source/wheels"
# Students' code runs as another user: it reads Python, its packages and the data sets, and nothing of this.
chmod -R a+rX "$root/keras"
chmod -R go-rwx "$source"
