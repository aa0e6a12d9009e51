# Everything a contributor runs. Each target makes what it needs, and can be run again at any time.

PYTHON ?= python3
PARALLEL ?= 2
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: setup demo test check fix docs schemas bench clean

setup: $(STAMP)

# Made again when pyproject.toml is newer; an environment that is there and whole is kept.
$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed, as python3 or as: make PYTHON=/path/to/python" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV) || \
	  { echo "No environment could be made. On Debian or Ubuntu: apt-get install python3-venv; then run make again." >&2; exit 1; }
	@echo "Installing what pyproject.toml asks for into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(STAMP)
	$(BIN)/workflow evaluate policies --period 2026-Q3 --as-of 2026-10-31
	$(BIN)/workflow explain policies --period 2026-Q3 --person E1008 --clause service_kicker
	$(BIN)/workflow explain policies --period 2026-Q4 --as-of 2027-01-31 --person E1004 --clause improvement_plan
	$(BIN)/workflow reviews policies --period 2026-Q4 --as-of 2027-01-12 --late
	$(BIN)/workflow tier policies C005 --on 2026-12-01
	$(BIN)/workflow cases policies --period 2026-Q4 --as-of 2026-10-10T09:00+08:00

test: $(STAMP)
	$(BIN)/python -m pytest -q -n $(PARALLEL)

check: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/build.py --check

fix: $(STAMP)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(STAMP)
	$(BIN)/python docs/build.py

schemas: $(STAMP)
	$(BIN)/python docs/build.py --schemas

bench: $(STAMP)
	$(BIN)/python -m benchmarks

clean:
	rm -rf out dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests docs benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
