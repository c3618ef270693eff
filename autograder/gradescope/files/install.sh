#!/bin/sh
# Install the grader and its packages into a virtual environment of its own: install.sh PYTHON ENVIRONMENT FOLDER.
# FOLDER holds requirements.txt, packages.txt and wheels/ with the project's own wheel; when TensorFlow lies there as
# well, nothing is downloaded.
set -eu
python=$1 environment=$2 folder=$3

wheel=$(ls "$folder"/wheels/cnn_autograder-*.whl 2>/dev/null | head -n 1)
[ -n "$wheel" ] || { echo "the grader's wheel is not in wheels/: run autograder build again" >&2; exit 3; }
offline=
[ -z "$(ls "$folder"/wheels/tensorflow-*.whl 2>/dev/null)" ] || offline=--no-index

"$python" -m venv "$environment"
# shellcheck disable=SC2086 (an empty word would be a package)
pip() { "$environment/bin/python" -m pip install --quiet --no-cache-dir --disable-pip-version-check $offline "$@"; }
# An older pip does not read hashes from constraints: the pinned one comes first, by its own.
sed -n '/^pip==/,/[^\\]$/p' "$folder/requirements.txt" >"$environment/pip.txt"
pip --find-links "$folder/wheels" --require-hashes --requirement "$environment/pip.txt"
pip --find-links "$folder/wheels" --require-hashes --constraint "$folder/requirements.txt" \
    --requirement "$folder/packages.txt"
pip --no-index --no-deps "$wheel"

# What grading never reads: headers, a compiler's library, a browser's driver, tests, the installer itself.
for packages in "$environment"/lib/python3*/site-packages; do
    rm -rf "$packages/tensorflow/include" "$packages/clang" "$packages/playwright" "$packages/pip" "$packages/setuptools"
    find "$packages" -type d -name tests -prune -exec rm -rf {} +
    if command -v strip >/dev/null; then
        strip --strip-unneeded "$packages"/tensorflow/libtensorflow_*.so.2
    fi
    # Students' code runs beside it as another user, who has no business in here.
    chmod -R go-rwx "$packages/autograder"
done
