# Two commands do everything: `make demo` and `make test`. Both build the environment in .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := pyproject.toml constraints.txt CMakeLists.txt $(wildcard native/*)
PIP := $(BIN)/pip --disable-pip-version-check -q

.PHONY: demo test lint types sanitize bench docs build wheels clean

demo: $(VENV)/core
	$(BIN)/matinee demo --out matinee-demo

test: $(VENV)/test
	$(BIN)/python -m pytest

lint: $(VENV)/test
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks

types: $(VENV)/test
	$(BIN)/mypy

sanitize:
	@sh tools/preflight.sh $(PYTHON)
	sh tools/sanitize.sh

bench: $(VENV)/test
	$(BIN)/python benchmarks/run.py

docs: $(VENV)/test
	$(BIN)/python docs/generate.py

wheels:
	sh tools/wheels.sh

# Rebuild the kernels alone, for work on native/.
build: $(VENV)/test
	sh tools/build_native.sh $(BIN)/python

$(VENV)/bin/python:
	@sh tools/preflight.sh $(PYTHON)
	$(PYTHON) -m venv $(VENV)

$(VENV)/core: $(VENV)/bin/python $(SOURCES)
	@sh tools/install.sh $(BIN)/python .
	@touch $@

$(VENV)/test: $(VENV)/bin/python $(SOURCES)
	@sh tools/install.sh $(BIN)/python '.[test,lint]'
	@touch $@ $(VENV)/core

clean:
	rm -rf build dist $(VENV) matinee-demo
