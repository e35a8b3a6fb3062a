# make app    serve the gallery with Voilà and print the link (a fresh checkout needs Python 3.11+ and nothing else)
# make lab    open the notebooks in JupyterLab
# make quick  format, lint, types and most tests, in a minute and a half: nothing slow, no browser
# make test   everything: format, lint, types, unit tests, notebooks, browser
# make test-busy   the browser tests ten times in a row, while something else keeps a processor busy
# make words    gather all sentences, and merge them into the catalogues of the other languages
# make bench    how live the lab is, beside ipympl and an Output widget
# make bench-work   how long a sweep and a film take
# make bench-hall   how many followers and visitors a lecture carries, and how soon
# make bench-lessons   in how many seeds each question of the lessons is answered as it should be, and for how long
# make bench-orders   every break of every lesson in fifty random orders, and all that the page says read against the numbers
# make bench-engine   the engine beside PyTorch, JAX and scikit-learn, which get an environment of their own
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=
JOBS   ?= 2
PAGES  ?= 4
TIMES  ?= 10
PEERS  := .venv-bench

# Modules are compiled once, not by every process that the tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: app lab quick test check lint types units browser test-busy words
.PHONY: bench bench-work bench-hall bench-lessons bench-orders bench-engine clean help
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

app: $(VENV)/app.stamp
	@$(BIN)/regviz app $(ARGS)

lab: $(VENV)/app.stamp
	@$(BIN)/regviz lab $(ARGS)

# Three at a time: what takes long and works hard is left out, and a part of two processors would be idle.
quick: $(VENV)/test.stamp
	@$(MAKE) --no-print-directory -j3 --output-sync=target units lint types MARKED="not slow" JOBS=3

# The units wait for servers and kernels for a quarter of their time: three at a time fill two processors, with lint and
# types, and a Chromium is fetched meanwhile. The browser has both to itself: four pages, since each waits half of its
# time, for what is to be seen comes at a person's pace.
test: $(VENV)/test.stamp
	@$(MAKE) --no-print-directory -j4 --output-sync=line lint types units chromium JOBS=3
	@$(MAKE) --no-print-directory browser

check: lint types

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/test.stamp
	$(BIN)/mypy

units: $(VENV)/test.stamp
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal --ignore tests/browser -m "$(MARKED)" $(ARGS)

browser: $(VENV)/test.stamp chromium
	$(BIN)/python -m pytest -n $(PAGES) --dist loadfile --no-loadscope-reorder tests/browser $(ARGS)

test-busy: $(VENV)/test.stamp chromium
	$(BIN)/python tests/browser/busy.py --times $(TIMES) -- -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

words: $(VENV)/test.stamp
	$(BIN)/python tests/catalogue.py $(ARGS)

bench: $(VENV)/test.stamp chromium
	$(BIN)/python tests/benchmarks/live.py $(ARGS)

bench-work: $(VENV)/test.stamp chromium
	$(BIN)/python tests/benchmarks/work.py $(ARGS)

bench-hall: $(VENV)/test.stamp chromium
	$(BIN)/python tests/benchmarks/hall.py $(ARGS)

bench-lessons: $(VENV)/test.stamp
	$(BIN)/python tests/benchmarks/lessons.py $(ARGS)

bench-orders: $(VENV)/test.stamp
	$(BIN)/python tests/benchmarks/orders.py $(ARGS)

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

# Not compiled: of all that is installed tests use a part, which is compiled when it is imported.
$(VENV)/test.stamp: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt -e ".[test]"
	@touch $@ $(VENV)/app.stamp

# Debian's python3 may come without ensurepip; virtualenv, if it is there, does as well.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "regviz needs Python 3.11 or newer; try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || $(PYTHON) -m virtualenv --quiet $(VENV) 2>/dev/null || \
	  { rm -rf $(VENV); echo "Cannot make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }

# The browser tests never skip: a Chromium is found, or installed where that is possible without asking.
FIND := $(BIN)/python tests/browser/find_chromium.py
APT  := [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && [ -f /etc/debian_version ] && \
        apt-get update -qq -o Acquire::http::Timeout=20 && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y

.PHONY: chromium
chromium: $(VENV)/test.stamp $(VENV)/shell.stamp
	@$(FIND) >/dev/null 2>&1 || { $(APT) chromium; } || { $(FIND); exit 1; }

# Most pages do without windows. Not every Debian has the shell: asked for once, and Chromium alone is enough.
$(VENV)/shell.stamp: | $(VENV)/test.stamp
	@$(FIND) --shell >/dev/null 2>&1 || { $(APT) chromium-headless-shell; } >/dev/null 2>&1 || true
	@touch $@
