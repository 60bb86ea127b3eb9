# Each target is one line, and each line also stands in README.md. Needs Python 3.11 or newer and make; `make test` wants
# Java 17 and Maven beside them, for the tests on a real Kafka, and gcc, for those of the compiled wheel.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIN := $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11
KILLS ?= 200
ARTICLES ?= 20000
INPUTS ?= 100000

.PHONY: help demo test check wheel bench schemas soak fuzz eval calibrate requirements clean

help:            ## what there is to make
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*##/\t/'

demo: $(BIN)/.installed            ## articles in, meeting events out, with a broker and a database inside the process
	@$(BIN)/communique demo $(ARGS)

test: $(BIN)/.installed-dev        ## every test, the real Kafka and the real PostgreSQL included
	@$(BIN)/python -m pytest $(ARGS)

check: $(BIN)/.installed-dev       ## lint, format, types, import rules, schema drift
	@$(BIN)/ruff check && $(BIN)/ruff format --check && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/communique schemas check

wheel: $(BIN)/.installed           ## the compiled wheel into dist/; needs gcc and the headers of Python
	@HATCH_BUILD_HOOK_ENABLE_CUSTOM=true $(BIN)/hatchling build -t wheel -d dist

bench: $(BIN)/.installed-dev       ## articles a second and latency, end to end over a real Kafka
	@$(BIN)/python -m tests.bench --articles $(ARTICLES) $(ARGS)

soak: $(BIN)/.installed-dev        ## random kills of ingest and relay: make soak KILLS=1000
	@$(BIN)/python -m tests.soak --kills $(KILLS) $(ARGS)

fuzz: $(BIN)/.installed-dev        ## generated hostile inputs: make fuzz INPUTS=100000
	@$(BIN)/python -m tests.fuzz --inputs $(INPUTS) $(ARGS)

eval: $(BIN)/.installed-dev        ## scores of the extractor on articles with gold: make eval SET=/path/prefix
	@$(BIN)/python -m tests.eval $(SET) $(ARGS)

calibrate: $(BIN)/.installed-dev   ## fit the confidence of meetings to articles with gold: make calibrate SET=/path/prefix
	@$(BIN)/python -m tests.eval.calibrate $(SET) $(ARGS)

schemas: $(BIN)/.installed-dev     ## write schemas/ and the tables of README.md anew from the code
	@$(BIN)/communique schemas export && $(BIN)/python scripts/readme.py

requirements: $(BIN)/.installed-dev  ## pin every dependency anew, with hashes
	@$(PIN) pyproject.toml -o deploy/requirements.txt && $(PIN) --group build -c deploy/requirements.txt -o deploy/requirements-build.txt && $(PIN) pyproject.toml --group dev -c deploy/requirements.txt -c deploy/requirements-build.txt -o deploy/requirements-dev.txt

clean:           ## remove the environment and what tools left behind
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and no python3 is on the path."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, $(PYTHON) is older: make PYTHON=…")'
	@echo "Setting up .venv …" && $(PYTHON) -m venv .venv

$(BIN)/.installed: deploy/requirements.txt deploy/requirements-build.txt pyproject.toml | $(BIN)/python
	@echo "Installing …" && $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r deploy/requirements.txt -r deploy/requirements-build.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . && touch $@

$(BIN)/.installed-dev: deploy/requirements-dev.txt $(BIN)/.installed
	@echo "Installing the tools of development …" && $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r deploy/requirements-dev.txt && touch $@
