# make serve, make test: each sets up what it needs. Everything else is for authors and maintainers.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
SOAK := WHICH_CELLS_TEST_SOAK=1 $(BIN)/python -m pytest tests/bad_days/test_soak.py
PEERS := bench/peers/.venv/.ready

.PHONY: setup serve test check catalogues lint bench fuzz upgrade draw requirements browser lforms tools gallery lighthouse soak soaktest test-postgres postgres

setup: $(READY)

$(READY): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv || { echo "Python's venv is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $(READY)

serve: setup
	$(BIN)/python -m app serve

# As many files of tests at once as there are cores; the tests of one file share what they build. The long ones stand
# first, and would come last if they were put in order by how many tests they have. The soak takes all cores for two
# minutes, so it comes by itself.
test: setup browser lint
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder
	$(SOAK)

# The same tests with PostgreSQL: a server of its own on this machine alone, which is gone afterwards.
test-postgres: setup browser postgres
	$(BIN)/python -m bench.postgres $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

postgres:
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql; \
	else echo "These tests need PostgreSQL. Please run: sudo apt-get install postgresql"; exit 1; fi

# What cannot be wrong without a test being run at all.
lint: setup
	$(BIN)/ruff check app tests bench
	$(BIN)/ruff format --check app tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile

# The browser tests drive Debian's Chromium.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; \
	else echo "The browser tests need Chromium. Please run: sudo apt-get install chromium"; exit 1; fi

# NLM's LForms, which proves our FHIR forms in a client that we did not write. Without it those tests are skipped.
# It comes built; what it was built from need not fit together here, hence --legacy-peer-deps. No script of it is run.
lforms:
	@command -v npm >/dev/null || { echo "npm is missing. On Debian or Ubuntu: apt-get install npm"; exit 1; }
	cd tests/lforms && npm install --no-package-lock --ignore-scripts --legacy-peer-deps --no-audit --no-fund --loglevel=error

# The Nu HTML checker and Lighthouse, which judge our pages and were not made by us. Without them those tests are skipped.
tools:
	@command -v npm >/dev/null || { echo "npm is missing. On Debian or Ubuntu: apt-get install npm"; exit 1; }
	@command -v java >/dev/null || echo "The Nu HTML checker needs java. On Debian or Ubuntu: apt-get install default-jre-headless"
	cd tests/tools && npm install --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error

# A picture of every page in every state into gallery/, for eyes to judge; gallery/index.html shows them all.
gallery: setup browser
	PYTHONPATH=tests $(BIN)/python -m browser.gallery gallery

# Lighthouse on the pages that people see first, with Debian's Chromium.
lighthouse: setup browser tools
	PYTHONPATH=tests $(BIN)/python -m browser.lighthouse

# Lint the question pack and prove what it promises.
check: setup
	$(BIN)/python -m app check

# Bring the translations up to date with the texts; `check` says what is left to write.
catalogues: setup
	$(BIN)/python -m app catalogues

draw: setup
	$(BIN)/python -m app draw -o flow.svg

# A hundred thousand mutated requests to the guide on this machine; the tests send two thousand.
fuzz: setup
	PYTHONPATH=tests $(BIN)/python -m hostile

# The recipe of docs/running.md with a real nginx, and an upgrade from an earlier commit while people write.
upgrade: setup
	@command -v nginx >/dev/null || { echo "nginx is missing. On Debian or Ubuntu: apt-get install nginx"; exit 1; }
	PYTHONPATH=tests $(BIN)/python -m bad_days.behind_proxy $(or $(FROM),HEAD~1)

# Thirty minutes of all kinds of people, while workers die and PostgreSQL is started anew; and two minutes of it, as a test.
soak: setup postgres
	PYTHONPATH=tests $(BIN)/python -m bad_days.soak $(or $(MINUTES),30)

soaktest: setup postgres
	$(SOAK)

# How fast it is, beside a floor and two peers; writes docs/performance.md. All of it takes about 20 minutes and 20 GB;
# make bench BENCH=--quick is a short form.
bench: setup $(PEERS)
	$(BIN)/python -m bench.run $(BENCH)

$(PEERS): bench/peers/requirements.txt
	$(PYTHON) -m venv bench/peers/.venv
	bench/peers/.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/peers/requirements.txt
	@touch $(PEERS)

# Pin anew what pyproject.toml asks for. Needs uv (pip install uv).
requirements:
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header -q pyproject.toml -o requirements.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header -q --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header -q --python-version 3.11 bench/peers/requirements.in -o bench/peers/requirements.txt
