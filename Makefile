# Two commands matter: `make run` and `make test`. Both set themselves up.

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test bench lint format clean dist

run: .venv/installed          ## feedmill with a demo publisher, e.g. make run ARGS="--port 8123"
	$(BIN)/feedmill up --demo $(ARGS)

test: lint                    ## lint, types and every test
	$(BIN)/pytest $(ARGS)

bench: .venv/installed-dev    ## what polling and parsing cost on this machine, in a minute
	$(BIN)/python -m bench.fetching
	$(BIN)/python -m bench.parsing
	$(BIN)/python -m bench.normalizing
	$(BIN)/python -m bench.rendering

lint: .venv/installed-dev     ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/installed-dev   ## put the code in form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

dist: .venv/installed-dev     ## the wheel, in dist/
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean:                        ## everything that was made, but no data
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "feedmill needs Python 3.11 or newer; set PYTHON=python3.12 or the like")'
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python pyproject.toml constraints.txt
	$(INSTALL) --editable .
	touch $@

.venv/installed-dev: .venv/installed
	$(INSTALL) --editable '.[dev]'
	touch $@
