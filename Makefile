# Everything that a checkout needs, without root and without Docker: Python 3.11 or newer, and make.

VENV := .venv
BIN := $(VENV)/bin
# pytest's processes: one more than there are cores, since one waits most of the time; nine at most.
WORKERS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$(( cores > 8 ? 9 : cores + 1 )))
# Further words for pytest, for instance `make test ARGS="-k recap -x"`.
ARGS ?=

# The first of these that runs and is new enough; `make PYTHON=/path/to/python …` overrules it.
PYTHON ?= $(shell for python in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)

# Locked wheels and nothing else: no resolver, no compiler, no build of a stranger's package. Bytecode is compiled
# afterwards by all cores at once, which is quicker than pip's own single file.
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --no-compile
INSTALL_LOCKED := $(INSTALL) --require-hashes --only-binary=:all: --no-deps
COMPILE := $(BIN)/python -m compileall -qq -j 0 $(VENV)/lib

# An environment that forbids bytecode would make every start three times slower.
unexport PYTHONDONTWRITEBYTECODE

# Several targets side by side, each to its end; what one prints stays in one piece where make can do that.
TOGETHER := $(MAKE) --no-print-directory --keep-going --jobs $(and $(filter output-sync,$(.FEATURES)),--output-sync)

.DEFAULT_GOAL := help
.PHONY: help try test check format bench endurance coverage lock clean
QUICK_CHECKS := lint formatted imports dependencies dockerfile
.PHONY: quick-checks types $(QUICK_CHECKS)

help:
	@echo 'make try        open the local page on a sample community'
	@echo 'make test       everything that must hold: the checks and the tests, side by side'
	@echo 'make check      lint, format, types, import contracts, dependencies, Dockerfile'
	@echo 'make format     put the code into its one format'
	@echo 'make bench      measure speed and memory'
	@echo 'make endurance  the long tests: weeks on a virtual clock, faults, restarts'
	@echo 'make coverage   which lines the tests reach'
	@echo 'make lock       write the lock files anew (UPGRADE=--upgrade for newer versions)'
	@echo 'make clean      remove what make made'

try: $(VENV)/.ready
	$(BIN)/tertulia try $(ARGS)

# What takes a second comes first. mypy runs beside the tests; whichever of the two fails, the other still ends.
test: quick-checks
	@$(BIN)/mypy --no-error-summary >$(VENV)/mypy.log 2>&1 & types=$$!; trap 'kill $$types' INT TERM; \
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS); tests=$$?; \
	wait $$types; types=$$?; cat $(VENV)/mypy.log; \
	outcome() { test $$1 = 0 && echo passed || echo "FAILED ($$1)"; }; \
	echo "tests: $$(outcome $$tests), types: $$(outcome $$types)"; test $$tests = 0 && test $$types = 0

check: $(VENV)/.ready-dev
	@$(TOGETHER) types $(QUICK_CHECKS)

quick-checks: $(VENV)/.ready-dev
	@$(TOGETHER) $(QUICK_CHECKS)

types $(QUICK_CHECKS): $(VENV)/.ready-dev
lint:
	$(BIN)/ruff check --quiet .
formatted:
	$(BIN)/ruff format --check --quiet .
types:
	$(BIN)/mypy --no-error-summary
imports:
	$(BIN)/lint-imports --no-logo
dependencies:
	$(BIN)/deptry .
dockerfile:
	$(BIN)/hadolint Dockerfile

format: $(VENV)/.ready-dev
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

bench: $(VENV)/.ready-dev
	$(BIN)/python -m tests.bench $(ARGS)

endurance: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -m endurance $(ARGS)

coverage: $(VENV)/.ready-dev
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) --dist worksteal $(ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# ── the environment ──────────────────────────────────────────────────────────────────────────────────────────────────
# Each step leaves a stamp, so that it runs again only when what it read has changed.

$(VENV)/.made:
	@test -n '$(PYTHON)' || { echo 'Tertulia needs Python 3.11 or newer, and none was found.' >&2; exit 1; }
	@echo 'Setting up $(VENV): once, a minute or two'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.locked: $(VENV)/.made requirements.lock requirements-build.lock
	@$(INSTALL_LOCKED) -r requirements.lock -r requirements-build.lock
	@$(COMPILE)
	@touch $@

$(VENV)/.ready: $(VENV)/.locked pyproject.toml
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock
	@echo 'Adding what the checks and tests need'
	@$(INSTALL_LOCKED) -r requirements-dev.lock
	@$(COMPILE)
	@touch $@

# ── locks ────────────────────────────────────────────────────────────────────────────────────────────────────────────
# One resolution for every supported Python and platform. The development lock comes first and binds the other two, so
# that the three agree; none of them names an index.

UPGRADE ?=
UV = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock' $(UPGRADE)

lock: $(VENV)/.made
	@test -x $(BIN)/uv || $(INSTALL) uv
	$(UV) pyproject.toml --group dev --output-file requirements-dev.lock
	$(UV) pyproject.toml --constraints requirements-dev.lock --output-file requirements.lock
	$(UV) --group build --constraints requirements-dev.lock --output-file requirements-build.lock

clean:
	rm -rf $(VENV) build dist .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find bot adapters facilitation storage migrations tests -name __pycache__ -prune -exec rm -rf {} +
