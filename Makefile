# CareParity: two commands to know, `make run` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
PEOPLE ?= 50000
DEMO := data/raw/demo-$(PEOPLE)
WAREHOUSE := data/build/demo-$(PEOPLE)

.PHONY: help run serve test soak check fix bench pictures clean

help: ## What can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

run: $(VENV)/.installed ## Synthesise 50,000 people, build the warehouse, serve the dashboard on 127.0.0.1
	@$(BIN)/careparity port $(PORT)
	@test -f $(DEMO)/careparity_demo.json || $(BIN)/careparity demo --people $(PEOPLE) --out $(DEMO)
	@$(BIN)/careparity build --source $(DEMO) --out $(WAREHOUSE) --quiet
	@$(BIN)/careparity serve --warehouse $(WAREHOUSE) --port $(PORT)

serve: $(VENV)/.installed ## Serve the warehouse that `make run` built
	@$(BIN)/careparity serve --warehouse $(WAREHOUSE) --port $(PORT)

test: $(VENV)/.installed-test ## Run every test
	@if [ ! -x "$${CAREPARITY_CHROMIUM:-/usr/bin/chromium}" ]; then \
	    if [ "$${CAREPARITY_REQUIRE_BROWSER:-}" = 1 ]; then \
	        echo "ERROR: no browser at /usr/bin/chromium, and CAREPARITY_REQUIRE_BROWSER=1 asks for one."; exit 1; fi; \
	    printf '%s\n' '*****' 'NO BROWSER: the browser tests are SKIPPED. Install chromium to run them.' '*****'; fi
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

soak: $(VENV)/.installed-test ## The long forms of random tests: a hundred kills, many changes of files; half an hour
	@CAREPARITY_KILLS=100 CAREPARITY_EXAMPLES=20 $(BIN)/python -m pytest -n 2 tests/soak tests/properties/test_incremental.py tests/properties/test_file_order.py

check: $(VENV)/.installed-test ## Format, lint, types, SQL lint, queries; changes nothing
	@$(BIN)/ruff format --check --quiet dashboard tests data docs
	@$(BIN)/ruff check --quiet dashboard tests data docs
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --disable-progress-bar --nocolor -q queries
	@$(BIN)/careparity check

fix: $(VENV)/.installed-test ## Format and mend what can be mended by machine
	@$(BIN)/ruff check --fix --quiet dashboard tests data docs || true
	@$(BIN)/ruff format --quiet dashboard tests data docs
	@$(BIN)/sqlfluff fix --disable-progress-bar -q queries || true
	@$(BIN)/careparity check --write-key-table

bench: $(VENV)/.installed-test ## Medians of several runs: CPU-seconds, wall, peak memory, as JSON
	@$(BIN)/careparity bench --json data/build/bench.json

pictures: $(VENV)/.installed-test ## Make the README's pictures from the running app
	@$(BIN)/python docs/make_pictures.py

clean: ## Remove what was built (not the raw data of yours)
	rm -rf data/build data/raw/demo-*

$(VENV)/bin/pip:
	@command -v $(PYTHON) >/dev/null || { echo "ERROR: $(PYTHON) is missing. Install Python 3.11 with venv, or set PYTHON=."; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "ERROR: $(PYTHON) can't make a virtual environment. Install python3.11-venv."; rm -rf $(VENV); exit 2; }

$(VENV)/.installed: $(VENV)/bin/pip requirements.txt pyproject.toml
	@echo "Installing (once; a few minutes)…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed requirements-test.txt
	@echo "Installing the test extras (once)…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.txt
	@touch $@
