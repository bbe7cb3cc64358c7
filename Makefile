# `make run` and `make test` need Python 3.11, git and make; everything else is installed into .venv by the first of them.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP = $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check
STAMP := .venv/.installed
# On every core, with the tests' files in memory.
QUICKLY = PYTEST_DEBUG_TEMPROOT=$(wildcard /dev/shm) $(BIN)/python -m pytest -n auto --dist loadfile
# Calls mostly wait: six processes keep two cores busy. Each has a FreeSWITCH and three thousand ports of its own.
BESIDE = -n 6 --dist loadfile --no-loadscope-reorder
# Calls take real time beside whatever else the machine does. A rerun is told by name and in the closing line: look for its cause.
ONCE_MORE = --reruns 2 --rerun-show-tracebacks
# tests/switch has no quick test: collecting it would cost seconds.
QUICK = -m "not thorough and not switch and not process" --ignore tests/switch
FASTEST = -m "not slow and not thorough and not switch and not process" --ignore tests/switch
# What Python compiled is kept for the next process; making it anew costs every one of them a second and more.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: cluster help run desk test fast slow newest python properties check bench chaos soak golden docs deb switch conformance pins clean

help: ## What can be made.
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

run: $(STAMP) ## Carry the example company's sample calls, with the engine and everything that it asks running.
	@$(BIN)/routing run-examples

desk: $(STAMP) ## Open the desk, the web page of calls, on a month of simulated calls of the example company.
	@$(BIN)/routing sample

test: $(STAMP) ## The tests; those that need FreeSWITCH are skipped with the reason where it is not found.
	@red=0; \
	$(BIN)/python -m pytest $(BESIDE) $(ONCE_MORE) -m "switch or process" -rs $(ARGS) || red=1; \
	$(QUICKLY) -m "(slow or thorough) and not switch and not process" $(ARGS) || red=1; \
	$(MAKE) --no-print-directory fast || red=1; \
	exit $$red

fast: $(STAMP) ## After every edit: the tests that start no engine, no FreeSWITCH, no browser, and take milliseconds.
	@$(QUICKLY) $(FASTEST) $(ARGS)

slow: $(STAMP) ## Measure which tests take too long for `make fast`, and list them in tests/slow.txt.
	@ROUTING_SLOW=1 $(BIN)/python -m pytest $(QUICK) -p no:xdist
	@git diff --stat -- tests/slow.txt

newest: BIN = var/newest/bin
newest: ## The quick tests with the newest of every library, in an environment of their own.
	@$(PYTHON) -m venv var/newest
	@$(PIP) install --upgrade --upgrade-strategy eager --editable '.[dev]'
	@$(QUICKLY) $(QUICK) $(ARGS)

python: BIN = var/$(notdir $(PYTHON))/bin
python: ## The quick tests on another Python, in an environment of their own: make python PYTHON=python3.13
	@$(PYTHON) -m venv var/$(notdir $(PYTHON))
	@$(PIP) install --require-hashes --requirement constraints.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(QUICKLY) $(QUICK) $(ARGS)

properties: $(STAMP) ## Every property test with fresh seeds and far more examples; what falls is printed to be repeated.
	@$(QUICKLY) -m "hypothesis and not switch and not process" --hypothesis-profile=thorough $(ARGS)

check: $(STAMP) ## Lint, format and types.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(STAMP) ## Every figure that is promised, measured here.
	@for bench in tools/bench_*.py; do echo "== $$bench"; $(BIN)/python $$bench || exit 1; done

CALLS ?= 10000
chaos: $(STAMP) ## CALLS=10000 calls on a real FreeSWITCH while every process of ours is killed again and again; prints a table.
	@$(BIN)/python tools/soak.py --calls $(CALLS) --minutes 600 --kills 6

MINUTES ?= 60
soak: $(STAMP) ## MINUTES=60 of calls on a real FreeSWITCH: is each in the journal, does memory stay flat; prints a table.
	@$(BIN)/python tools/soak.py --minutes $(MINUTES)

golden: $(STAMP) ## Write the expected outputs of tests anew; read the difference before you commit it.
	@$(BIN)/routing schema > schemes/schema.json
	@$(BIN)/routing schema --tests > schemes/tests.schema.json
	@$(BIN)/routing schema --simulations > schemes/simulate.schema.json
	@ROUTING_GOLDEN=1 $(BIN)/python -m pytest $$(grep -rl --include='*.py' ROUTING_GOLDEN tests)
	@git diff --stat -- schemes tests

docs: .venv/.docs ## The documentation as HTML in var/docs; warnings are errors.
	@$(BIN)/sphinx-build -W --keep-going --quiet -b html -d var/docs-doctrees docs var/docs
	@echo "built: var/docs/index.html"

deb: $(STAMP) ## The Debian package, in var/deb: the programs with their libraries, and their services.
	@$(BIN)/python tools/make_deb.py

cluster: $(STAMP) ## Kamailio before three nodes on this machine: calls through it while each part is killed, as a table.
	@$(BIN)/python tools/cluster.py $(ARGS)

switch: $(STAMP) ## Only the tests on a real FreeSWITCH.
	@$(BIN)/python -m pytest -m switch -rs $(ARGS)

conformance: $(STAMP) ## The shared cases on the offline switch and, where it is found, on a real FreeSWITCH.
	@$(BIN)/python -m pytest tests/switch/test_switch_cases.py tests/switch/test_switch_cases_offline.py \
		tests/switch/test_switch_conformance_offline.py -rs $(ARGS)

# With hashes, for every Python and machine.
PINNED = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url setup.cfg
pins: $(STAMP) ## The newest of every library into constraints.txt, those that a node needs into requirements.txt; test, then commit.
	@$(PIP) install uv
	@$(PINNED) --upgrade --extra dev --output-file constraints.txt
	@$(PINNED) --extra redis --constraint constraints.txt --output-file requirements.txt
	@$(PINNED) --extra docs --constraint constraints.txt --upgrade --output-file docs/requirements.txt
	@git diff --stat -- constraints.txt requirements.txt docs/requirements.txt

clean: ## Remove everything that was made here: .venv, var, caches.
	rm -rf .venv var build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.docs: $(STAMP) docs/requirements.txt
	@$(PIP) install --require-hashes --requirement docs/requirements.txt
	@touch $@

$(STAMP): constraints.txt setup.cfg setup.py pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	@echo "installing into .venv (once, and when setup.cfg or constraints.txt change)"
	@$(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes --requirement constraints.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
