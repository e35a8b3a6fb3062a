# make app    serve the gallery with Voilà and print the link (a fresh checkout needs Python 3.11+ and nothing else)
# make lab    open the notebooks in JupyterLab
# make test   everything: format, lint, types, unit tests, notebooks, browser
# make bench    how live the lab is, beside ipympl and an Output widget
# make bench-work   how long a sweep and a film take
# make bench-engine   the engine beside PyTorch, JAX and scikit-learn, which get an environment of their own
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=
PEERS  := .venv-bench

.PHONY: app lab test check bench bench-work bench-engine clean help
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

app: $(VENV)/app.stamp
	@$(BIN)/regviz app $(ARGS)

lab: $(VENV)/app.stamp
	@$(BIN)/regviz lab $(ARGS)

test: check chromium
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/test.stamp chromium
	$(BIN)/python tests/benchmarks/live.py $(ARGS)

bench-work: $(VENV)/test.stamp chromium
	$(BIN)/python tests/benchmarks/work.py $(ARGS)

bench-engine: $(PEERS)/stamp
	$(PEERS)/bin/python tests/benchmarks/engine.py $(ARGS)

$(PEERS)/stamp: tests/benchmarks/engine_peers.txt pyproject.toml
	@$(MAKE) --no-print-directory VENV=$(PEERS) $(PEERS)/bin/python
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r tests/benchmarks/engine_peers.txt
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

clean:
	rm -rf $(VENV) $(PEERS) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/app.stamp: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[app]"
	@touch $@

$(VENV)/test.stamp: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test]"
	@touch $@ $(VENV)/app.stamp

# Debian's python3 may come without ensurepip; virtualenv, if it is there, does as well.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "regviz needs Python 3.11 or newer; try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || $(PYTHON) -m virtualenv --quiet $(VENV) 2>/dev/null || \
	  { rm -rf $(VENV); echo "Cannot make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }

# The browser tests never skip: a Chromium is found, or installed where that is possible without asking.
.PHONY: chromium
chromium: $(VENV)/test.stamp
	@$(BIN)/python tests/browser/find_chromium.py >/dev/null 2>&1 || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && [ -f /etc/debian_version ] && \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium; } || \
	  { $(BIN)/python tests/browser/find_chromium.py; exit 1; }
