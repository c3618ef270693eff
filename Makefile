# The tasks of this project; CI runs the same ones. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup bubblewrap grade test quick lint types contracts check build calibrate validity audit schema docs coverage lowest mutants test-python reference-pages bench bench-class bench-orders bench-exports bench-attacks bench-kills bench-hostile bench-processors requirements format clean image gradescope corpus fuzz bench-warm bench-large bench-throughput bench-bits

help: ## List the tasks
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 16

setup: $(READY) bubblewrap ## Make the virtual environment and see that the sandbox can be used

$(READY): requirements.txt pyproject.toml
	@echo "Installing the packages into $(VENV): TensorFlow is large, this takes some minutes once."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

bubblewrap: # The sandbox is a system package: installed here if that is allowed, else said how
	@command -v bwrap >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing bubblewrap, the sandbox."; \
		{ apt-get -qq update && apt-get -qq install -y --no-install-recommends bubblewrap; } >/dev/null; \
	elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then \
		echo "Installing bubblewrap, the sandbox, with sudo."; \
		{ sudo -n apt-get -qq update && sudo -n apt-get -qq install -y --no-install-recommends bubblewrap; } >/dev/null; \
	else \
		echo "bubblewrap is missing: students' code runs in it alone (sudo apt-get install bubblewrap)" >&2; exit 1; \
	fi

grade: setup ## Grade the sample class; the results are in grades-sample/
	@$(BIN)/autograder grade tests/sample_class --out grades-sample

# A file's tests share what was dear to make, so they stay together; a process with TensorFlow takes a gigabyte, so at most four.
test: setup check ## Lint, types, contracts, documentation and every test
	@$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile

# Under three minutes on two cores. What is slow is named, so that it is marked before it has company.
quick: setup ## The fast tests alone: every package's logic
	@$(BIN)/pytest -m "not slow" --numprocesses auto --maxprocesses 4 --dist loadfile --durations 8 --durations-min 5

# What decides a mark, and needs neither TensorFlow nor a sandbox.
DECIDING := evidence grading orders reference rubric statistics
coverage: $(READY) ## Branch coverage of what decides a mark: each package above the threshold in pyproject.toml
	@CI=1 $(BIN)/pytest $(DECIDING:%=tests/%) -m "not slow" --numprocesses auto --maxprocesses 4 --dist loadfile \
		--quiet --cov --cov-report=
	@for package in $(DECIDING); do $(BIN)/coverage report --include "autograder/$$package/*" || fault=1; done; exit $$fault

# MUTANTS names them as mutmut does: "autograder.grading.*". What was tried stays in mutants/, so that a run goes on.
MUTANTS ?=
mutants: $(READY) ## Does a test notice each wrong line of what decides a mark? Hours; goes on where it was
	@CI=1 $(BIN)/mutmut run $(MUTANTS)
	@$(BIN)/mutmut results | grep --invert-match "not checked"

# The lowest versions of pyproject.toml, in an environment of its own.
LOWEST := .lowest/bin
lowest: $(READY) ## The tests of what decides a mark with the oldest packages that pyproject.toml allows
	@$(BIN)/uv pip compile --quiet --no-header --resolution lowest-direct --output-file .lowest.txt pyproject.toml
	@$(PYTHON) -m venv --clear .lowest
	@$(LOWEST)/pip install --quiet --disable-pip-version-check --requirement .lowest.txt pytest pytest-timeout hypothesis hatchling editables
	@$(LOWEST)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(LOWEST)/pytest $(DECIDING:%=tests/%) -m "not slow"

# PYTHON names another one: `make test-python PYTHON=python3.13`. Its environment lies beside the usual one.
test-python: ## The fast tests under another Python, with the same pinned packages: PYTHON=python3.13
	@$(MAKE) --no-print-directory VENV=.venv-$(notdir $(PYTHON)) quick

check: lint types contracts docs ## Lint, types, contracts and the documentation's pages

lint: $(READY) ## Style (ruff)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .

types: $(READY) ## Types (mypy, strict)
	@$(BIN)/mypy

contracts: $(READY) ## Who may import whom (import-linter)
	@$(BIN)/lint-imports

build: setup ## The students' notebooks and the grader's side, from the master notebooks, with the gate
	@$(BIN)/autograder build --out dist

wheels/.complete: requirements.txt pyproject.toml | $(READY)
	@mkdir -p wheels
	@$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], "hatchling", "pip", sep="\n")' > wheels/names.txt
	@$(BIN)/pip download --quiet --disable-pip-version-check --require-hashes --find-links wheels --dest wheels --constraint requirements.txt --requirement wheels/names.txt
	@touch $@

image: wheels/.complete ## The Docker image that grades every assignment; BASE=… names another base
	@home="$${KERAS_HOME:-$$HOME/.keras}"; [ -d datasets ] || { $(BIN)/autograder data --fetch >&2 && cp -rL "$$home/datasets" datasets; }
	@docker build --quiet --network host $(if $(BASE),--build-arg BASE=$(BASE)) --tag cnn-autograder:$$($(BIN)/autograder --version) .

SUBMISSIONS ?= tests/sample_class
gradescope: setup ## Grade SUBMISSIONS as Gradescope would, in the image where there is one, and compare the scores
	@[ -f dist/autograder/cnn-training-autograder.zip ] || $(BIN)/autograder build --out dist
	@$(BIN)/python tests/grade_as_gradescope.py $(SUBMISSIONS) $(NAMES) $(OPTIONS)

calibrate: setup ## Reference runs and baseline (hours; goes on where it was)
	@$(BIN)/autograder calibrate

# Not --quiet: with it, --strict counts no warnings.
docs: $(READY) ## The documentation's pages, in site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

reference-pages: schema ## The reference pages that the program itself determines
	@$(BIN)/python docs/generate_reference.py

schema: $(READY) ## The JSON Schema of grading.yml, for editors
	@$(BIN)/autograder schema > docs/grading.schema.json

bench: setup ## What replay saves, beside training and beside a peer
	@$(BIN)/python benchmarks/replay.py

bench-throughput: setup ## Submissions an hour, warm and cold, beside a peer; half an hour at most
	@$(BIN)/python benchmarks/throughput.py

bench-processors: setup ## Is what one processor recorded known on another? Under settings that make this one another
	@$(BIN)/python benchmarks/processors.py

bench-warm: setup ## What a warm start saves, and what the sandbox takes; as root
	@$(BIN)/python benchmarks/warm.py

bench-exports: setup ## Three exports with every oddity: is each of 200 students accounted for?
	@$(BIN)/python benchmarks/exports.py

bench-bits: setup ## Does a training give the same bits in a notebook as by order, in every known way of writing? Goes on where it was
	@$(BIN)/python benchmarks/same_bits.py

bench-orders: setup ## What unknown evaluations cost where their network is, and in a process of their own
	@$(BIN)/python benchmarks/orders.py

bench-class: setup ## What a mixed class costs, the first time and the second
	@$(BIN)/python benchmarks/mixed_class.py

bench-large: setup ## What the pages of a class of a thousand cost, and how fast its report opens
	@rm -rf large-class && $(BIN)/python benchmarks/large_class.py --out large-class

validity: setup ## How often the marks are right: honest solutions and mutants (hours; goes on where it was)
	@$(BIN)/python benchmarks/validity

audit: setup ## Do the reference runs bear out the key? A table and a page
	@$(BIN)/autograder audit

bench-attacks: setup ## The attacks on Otter's way of grading, under `otter run` and under ours
	@$(BIN)/python benchmarks/attacks.py

bench-kills: setup ## Three hundred kills of a grading at random moments: what is lost
	@$(BIN)/python benchmarks/kills.py

bench-hostile: setup ## The whole corpus in every sandbox of this machine: how many runs went wrong
	@$(BIN)/python benchmarks/hostile.py

corpus: setup ## Grade the hostile and unlucky submissions, and write their table
	@CORPUS_TABLE=docs/explanation/corpus.md $(BIN)/pytest tests/corpus

fuzz: setup ## A million hostile messages to what reads a sandbox's words
	@$(BIN)/python tests/fuzz/fuzz_frames.py

# For every supported Python and platform: what only one of them needs has a marker.
requirements: $(READY) ## Pin the packages anew
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-header --extra cluster --extra develop --extra push --output-file requirements.txt pyproject.toml

format: $(READY) ## Format the code
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

clean: ## Remove what was made, except the virtual environment
	@rm -rf build dist site grades-sample audit .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
