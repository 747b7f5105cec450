# Every target does all of its own set-up: a fresh machine needs Python 3.11+ and Node 20+, nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8000
DATA_DIR ?= var/demo
BIN := .venv/bin
BUILT := src/quarterdeck/faces/web/static/built
PAGES := $(shell find src/quarterdeck/faces/web/assets -type f 2>/dev/null)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
# On 2 cores: one process more than cores, since many tests wait for a browser, a server or a process of their own.
WORKERS ?= 3

.PHONY: help demo test check bench docs assets format clean browser java

help: ## What can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

demo: .venv/installed assets ## Install, load the demo company, serve it; PORT= and DATA_DIR= can be set
	@$(BIN)/quarterdeck demo --port $(PORT) --data-dir $(DATA_DIR)

test: .venv/tested assets browser java check ## Everything: gates, then the suite on PostgreSQL and on SQLite with a real browser
	$(BIN)/python tests/postgres.py -- $(BIN)/pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder -m "database and not browser"
	$(BIN)/pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder

check: .venv/tested ## The fast gates: style, types, contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy

bench: .venv/tested assets ## What is measured, each beside a reference of the same minute; the first run loads for half an hour
	@for name in cascade peers reading import_activities pages; do echo "== bench/$$name.py"; $(BIN)/python "bench/$$name.py"; done

docs: .venv/tested ## Generate docs/terms.md and docs/reference/ from the code
	$(BIN)/python docs/generate.py

format: .venv/tested ## Lay the code out
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

assets: $(BUILT)/.stamp

$(BUILT)/.stamp: package.json package-lock.json esbuild.mjs $(PAGES)
	npm ci --no-audit --no-fund --loglevel=error
	npm run --silent build
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Quarterdeck needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) --editable .
	@touch $@

.venv/tested: .venv/installed
	$(PIP) --editable '.[test,dev]'
	@touch $@

browser: ## A Chromium for the tests: the one that is there, or Debian's
	@if [ -n "$${CHROMIUM:-}" ] || command -v chromium chromium-browser google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	else echo "The tests drive a browser: install Chromium, or set CHROMIUM to its path." >&2; exit 1; fi

java: ## A Java for Spark in the tests: the one that is there, or Debian's
	@if command -v java >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq default-jre-headless >/dev/null; \
	else echo "The tests pay on Spark, too: install Java 17 or newer." >&2; exit 1; fi

clean: ## Remove what the build made
	rm -rf $(BUILT) build dist node_modules
