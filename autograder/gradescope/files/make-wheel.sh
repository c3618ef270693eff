#!/bin/sh
# Build the project's wheel and lay beside it what install.sh needs: make-wheel.sh PYTHON PROJECT FOLDER.
set -eu
python=$1 project=$2 folder=$3

mkdir -p "$folder/wheels"
cp "$project/requirements.txt" "$folder/"
[ ! -d "$project/wheels" ] || ln -sf "$project"/wheels/*.whl "$folder/wheels/"
offline=
[ -z "$(ls "$folder"/wheels/hatchling-*.whl 2>/dev/null)" ] || offline=--no-index

"$python" -m venv "$folder/tools"
# shellcheck disable=SC2086 (an empty word would be a package)
pip() { "$folder/tools/bin/python" -m pip install --quiet --no-cache-dir --disable-pip-version-check $offline "$@"; }
sed -n '/^pip==/,/[^\\]$/p' "$project/requirements.txt" >"$folder/tools/pip.txt"
echo hatchling >"$folder/tools/tools.txt"
pip --find-links "$folder/wheels" --require-hashes --requirement "$folder/tools/pip.txt"
pip --find-links "$folder/wheels" --require-hashes --constraint "$project/requirements.txt" \
    --requirement "$folder/tools/tools.txt"
"$folder/tools/bin/python" -m pip wheel --quiet --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation \
    --wheel-dir "$folder/wheels" "$project"
"$python" - "$project/pyproject.toml" >"$folder/packages.txt" <<'END'
import sys, tomllib
print(*tomllib.load(open(sys.argv[1], "rb"))["project"]["dependencies"], sep="\n")
END
