# Two commands do everything on a fresh machine: `make demo` and `make test`.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
PYTHON ?= python3

.PHONY: help demo test lint format bench mutate lock clean packages packages-test engine

help:  ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

demo: packages $(BIN)/.installed  ## Run Sandpiper here, with a local Slack workspace in the browser
	@$(BIN)/sandpiper demo

test: packages-test $(BIN)/.installed-dev engine  ## Run every test, against a real engine, proxy, database and browser
	@$(BIN)/sandpiper images build --for-tests
	@$(BIN)/pytest $(ARGS)

lint: $(BIN)/.installed-dev  ## Check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(BIN)/.installed-dev  ## Put the code into the one format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: packages-test $(BIN)/.installed-dev engine  ## Measure: ratios from one run
	@$(BIN)/sandpiper images build --for-tests
	@$(BIN)/python -m tests.bench $(ARGS)

mutate: packages-test $(BIN)/.installed-dev  ## Drop the local workspace's rules one by one; count what the tests notice
	@$(BIN)/python tests/workspace/mutate.py $(ARGS)

lock: $(BIN)/.installed-dev  ## Write the lock files anew from pyproject.toml
	@$(BIN)/pip-compile -q --generate-hashes --build-deps-for editable --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --no-header -o requirements.lock pyproject.toml
	@$(BIN)/pip-compile -q --extra dev --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --no-header -c requirements.lock -o requirements-dev.lock pyproject.toml

clean:  ## Remove what the demo and the tests left: sandboxes, data, build output
	@if [ -x $(BIN)/sandpiper ]; then $(BIN)/sandpiper demo --reset; fi
	@rm -rf build var .pytest_cache .mypy_cache .ruff_cache

packages:
	@bash manifests/deploy/packages.sh run

packages-test:
	@bash manifests/deploy/packages.sh test

engine:
	@bash manifests/deploy/engine.sh

$(BIN)/python:
	@echo "» Making a virtual environment in .venv"
	@$(PYTHON) -m venv .venv

$(BIN)/.installed: requirements.lock pyproject.toml | packages $(BIN)/python
	@echo "» Installing the Python packages"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(BIN)/.installed-dev: requirements-dev.lock $(BIN)/.installed
	@echo "» Installing the Python packages for tests"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
