# Two commands do everything: `make demo` and `make test`. Both build the environment in .venv first.
# Another Python: `PYTHON=python3.12 make demo`. Arguments for pytest: `make test PYTEST_ARGS="-k solver -x"`.
# `make test-all` also runs the long tests. WORKERS: how many processes test at a time; 0 is one, in the foreground.
PYTHON ?= python3
PYTEST_ARGS ?=
WORKERS ?= auto
VENV := .venv
BIN := $(VENV)/bin
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal
CPP = $(wildcard native/*.* native/bind/* tests/native/* benchmarks/peers/*.cpp)
SOURCES := pyproject.toml constraints.txt CMakeLists.txt $(wildcard native/*.* native/bind/*)

.PHONY: demo test test-long test-all lint types sanitize bench docs build wheels clean

demo: $(VENV)/core
	$(BIN)/matinee demo --out matinee-demo

test: $(VENV)/test
	$(PYTEST) -m "not long" $(PYTEST_ARGS)

test-long: $(VENV)/test
	$(PYTEST) -m long $(PYTEST_ARGS)

test-all: test test-long

lint: $(VENV)/test
	$(BIN)/ruff check src tests benchmarks tools
	$(BIN)/ruff format --check src tests benchmarks tools
	@$(BIN)/clang-format --dry-run --Werror $(CPP)

types: $(VENV)/test
	$(BIN)/mypy

sanitize: $(VENV)/bin/python
	@sh tools/sanitize.sh $(BIN)/python

bench: $(VENV)/test
	$(BIN)/python benchmarks/run.py

docs: $(VENV)/test
	$(BIN)/python docs/generate.py

wheels:
	@sh tools/wheels.sh

# The kernels are compiled again where native/ has changed, and only those that have; Python needs nothing.
build: $(VENV)/test

$(BIN)/python:
	@sh tools/preflight.sh $(PYTHON)
	@$(PYTHON) -m venv $(VENV)

$(VENV)/core: $(BIN)/python $(SOURCES)
	@sh tools/install.sh $(BIN)/python .
	@touch $@

$(VENV)/test: $(BIN)/python $(SOURCES)
	@sh tools/install.sh $(BIN)/python '.[test,lint]'
	@touch $@ $(VENV)/core

clean:
	rm -rf build dist $(VENV) matinee-demo
