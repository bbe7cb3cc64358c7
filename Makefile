# `make run` and `make test` need Python 3.11, git and make; everything else is installed into .venv by the first of them.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STAMP := .venv/.installed
# On every core, with the tests' files in memory.
QUICKLY = PYTEST_DEBUG_TEMPROOT=$(wildcard /dev/shm) $(BIN)/python -m pytest -n auto --dist loadfile
# What Python compiled is kept for the next process; making it anew costs every one of them a second and more.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test fast check bench golden switch conformance clean

help: ## What can be made.
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

run: $(STAMP) ## Carry the example company's sample calls, with the engine and everything that it asks running.
	@$(BIN)/routing run-examples

test: $(STAMP) ## The tests; those that need FreeSWITCH are skipped with the reason where it is not found.
	@$(BIN)/python -m pytest -m "switch or process" -rs $(ARGS)
	@$(QUICKLY) -m "thorough and not switch and not process" $(ARGS)
	@$(MAKE) --no-print-directory fast

fast: $(STAMP) ## Only the quick tests: they start no engine, no FreeSWITCH, no browser, and carry no whole company.
	@$(QUICKLY) -m "not thorough and not switch and not process" $(ARGS)

check: $(STAMP) ## Lint, format and types.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(STAMP) ## Every figure that is promised, measured here.
	@for bench in tools/bench_*.py; do echo "== $$bench"; $(BIN)/python $$bench || exit 1; done

golden: $(STAMP) ## Write the expected outputs of tests anew; read the difference before you commit it.
	@$(BIN)/routing schema > schemes/schema.json
	@$(BIN)/routing schema --tests > schemes/tests.schema.json
	@ROUTING_GOLDEN=1 $(BIN)/python -m pytest tests/schemes tests/graph tests/lint
	@git diff --stat -- schemes tests

switch: $(STAMP) ## Only the tests on a real FreeSWITCH.
	@$(BIN)/python -m pytest -m switch -rs $(ARGS)

conformance: $(STAMP) ## The shared cases on the offline switch and, where it is found, on a real FreeSWITCH.
	@$(BIN)/python -m pytest tests/switch/test_switch_cases.py tests/switch/test_switch_cases_offline.py \
		tests/switch/test_switch_conformance_offline.py -rs $(ARGS)

clean: ## Remove everything that was made here: .venv, var, caches.
	rm -rf .venv var build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): setup.cfg setup.py pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	@echo "installing into .venv (once, and when setup.cfg changes)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
